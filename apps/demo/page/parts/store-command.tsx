import { demo } from "../live/page-state.js";

/** A command line for the store that the page shows, to be copied. */
export function StoreCommand({ verb }: { verb: string }) {
  const url = demo.value?.store.url ?? "file:./data";
  return (
    <pre class="command" tabIndex={0} aria-label="Command">
      <bdi>{`npm run -s keywhen -- --store ${quoted(url)} ${verb}`}</bdi>
    </pre>
  );
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
