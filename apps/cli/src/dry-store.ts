import type { ObjectRef, ObjectStore, OpenObject, PutOptions } from "@keywhen/core/store";

/**
 * Returns a store for `--dry-run`: it reads, and confirms writes without sending them. It returns an object that was put when
 * it is read, because a sweep reads the lease again.
 */
export function dryStore(store: ObjectStore): ObjectStore {
  const written = new Map<string, Uint8Array>();
  return {
    capabilities: store.capabilities,
    ...(store.nameProblem && { nameProblem: store.nameProblem.bind(store) }),
    list: (page, call) => store.list(page, call),
    head: (ref, call) => store.head(ref, call),
    get: async (ref, call) => {
      const body = written.get(nameOf(ref));
      if (body === undefined) return store.get(ref, call);
      await store.head(ref, call); // its answer has the store's time
      return opened(body);
    },
    put: async (ref, body, options: PutOptions & { signal?: AbortSignal | undefined } = {}) => {
      const isTaken = options.condition?.if === "absent" && (await store.head(ref, options));
      if (isTaken) return { outcome: "exists" };
      if (body instanceof Uint8Array) written.set(nameOf(ref), body);
      return { outcome: "written", version: "dry-run" };
    },
    copy: async () => ({ outcome: "copied" }),
    delete: async (_bucket, keys) => keys.map(() => ({ outcome: "gone" })),
  };
}

function nameOf({ bucket, key }: ObjectRef): string {
  return `${bucket}/${key}`;
}

function opened(body: Uint8Array): OpenObject {
  return {
    body: new Blob([body]).stream(),
    size: body.length,
    lastModified: new Date(),
    version: "dry-run",
    contentType: undefined,
    contentEncoding: undefined,
    cacheControl: undefined,
    metadata: {},
  };
}
