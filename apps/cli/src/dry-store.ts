import type { ObjectStore, PutOptions } from "@keywhen/core/store";

/** A store for `--dry-run`: reads are real, writes are answered as if they had been carried out. */
export function dryStore(store: ObjectStore): ObjectStore {
  return {
    ...readsOf(store),
    put: async (ref, _body, options: PutOptions & { signal?: AbortSignal | undefined } = {}) => {
      const isTaken = options.condition?.if === "absent" && (await store.head(ref, options));
      return isTaken ? { outcome: "exists" } : { outcome: "written", version: "dry-run" };
    },
    copy: async () => ({ outcome: "copied" }),
    delete: async (_bucket, keys) => keys.map(() => ({ outcome: "gone" })),
  };
}

function readsOf(store: ObjectStore): Pick<ObjectStore, "capabilities" | "head" | "get" | "list"> {
  return {
    capabilities: store.capabilities,
    head: (ref, call) => store.head(ref, call),
    get: (ref, call) => store.get(ref, call),
    list: (page, call) => store.list(page, call),
  };
}
