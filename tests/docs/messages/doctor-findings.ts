import type { ObjectStore } from "@keywhen/core/store";
import { manualClock, memoryStore } from "@keywhen/core/testing";
import { examineStore } from "@keywhen/doctor";

export const NOON = "2026-12-24T12:00:00Z";
export const clock = manualClock(NOON);
const random = (bytes: number) => new Uint8Array(bytes);

type Options = Partial<Parameters<typeof examineStore>[0]>;
type Objects = Readonly<Record<string, string>>;

/** What the doctor finds of one name: the detail, and the hint. */
export function found(
  name: string,
  changes: Partial<ObjectStore>,
  options: Options = {},
  objects: Objects = {},
) {
  return async () => {
    const plain = memoryStore({ clock });
    for (const [key, text] of Object.entries(objects)) {
      await plain.put({ bucket: "schedule", key }, new TextEncoder().encode(text));
    }
    return lookFor(name, { ...plain, ...changes }, options);
  };
}

export async function lookFor(
  name: string,
  store: ObjectStore,
  options: Options = {},
): Promise<string> {
  for await (const finding of examineStore({
    store,
    bucket: "schedule",
    clock,
    random,
    ...options,
  })) {
    if (finding.name !== name) continue;
    return finding.hint === undefined ? finding.detail : `${finding.detail}; ${finding.hint}`;
  }
  throw new Error(`The doctor finds nothing of ${name}.`);
}

const { capabilities } = memoryStore();
export const without = (changes: object) => ({ capabilities: { ...capabilities, ...changes } });
export const pending = (id: string) => `keywhen/pending/${id}`;
export const listing = (...keys: readonly string[]) => ({
  list: async () => ({
    objects: keys.map((key) => ({ key, size: 1, lastModified: new Date(0) })),
    more: false,
  }),
});
