import type { ObjectStore, PutOptions } from "@keywhen/core/store";
import { memoryStore } from "@keywhen/core/testing";

/**
 * A store for `--dry-run`: reads are real, writes are answered as if they had been carried out. What was put is read back,
 * because a lease that was taken is looked for again.
 */
export function dryStore(store: ObjectStore): ObjectStore {
  const { clock } = store.capabilities;
  const written = memoryStore({ clock: Date, capabilities: { clock } });
  return {
    capabilities: store.capabilities,
    list: (page, call) => store.list(page, call),
    head: async (ref, call) => (await written.head(ref, call)) ?? store.head(ref, call),
    get: async (ref, call) => (await written.get(ref, call)) ?? store.get(ref, call),
    put: async (ref, body, options: PutOptions & { signal?: AbortSignal | undefined } = {}) => {
      const isTaken = options.condition?.if === "absent" && (await store.head(ref, options));
      if (isTaken) return { outcome: "exists" };
      if (body instanceof Uint8Array) await written.put(ref, body);
      return { outcome: "written", version: "dry-run" };
    },
    copy: async () => ({ outcome: "copied" }),
    delete: async (_bucket, keys) => keys.map(() => ({ outcome: "gone" })),
  };
}
