import type { ObjectRef, ObjectStore } from "@keywhen/core/store";
import type { MemoryStoreOptions } from "@keywhen/core/testing";

/** A way to break a good store that one theme of the kit must notice. */
export interface Fault {
  readonly fault: string;
  readonly breaks: (store: ObjectStore) => Partial<ObjectStore>;
  /** How the good store is made. */
  readonly options?: Partial<MemoryStoreOptions>;
}

/** The same store with every key changed on its way in: what a store that mangles names does. */
export function withKeys(store: ObjectStore, change: (key: string) => string): ObjectStore {
  const changed = ({ bucket, key }: ObjectRef) => ({ bucket, key: change(key) });
  return {
    ...store,
    put: (ref, body, options) => store.put(changed(ref), body, options),
    head: (ref, call) => store.head(changed(ref), call),
    get: (ref, call) => store.get(changed(ref), call),
    copy: (source, target, options) => store.copy(changed(source), changed(target), options),
    delete: (bucket, keys, call) => store.delete(bucket, keys.map(change), call),
  };
}

/** Lets everything else that is waiting go first. */
export function others(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
