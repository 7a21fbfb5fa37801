import { demo } from "../live/page-state.js";

/** A command line for this store, to copy. */
export function StoreCommand({ verb }: { verb: string }) {
  const url = demo.value?.store.url ?? "file:./data";
  return (
    <input
      class="command mono"
      readOnly
      aria-label="Command"
      value={`npm run -s keywhen -- --store ${quoted(url)} ${verb}`}
      onFocus={(event) => event.currentTarget.select()}
    />
  );
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
