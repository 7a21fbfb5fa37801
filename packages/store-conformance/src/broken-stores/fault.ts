import type { ObjectRef, ObjectStore, StoreCapabilities } from "@keywhen/core/store";
import type { MemoryStoreOptions } from "@keywhen/core/testing";

/** Breaks a good store: returns the calls that do something else. */
export type Break = (store: ObjectStore) => Partial<ObjectStore>;

/** Breaks a store made with these options, which one theme must notice. */
export interface Fault {
  readonly breaks: Break;
  readonly options?: Partial<MemoryStoreOptions>;
}

export type Faults = Readonly<Record<string, Break | Fault>>;

export function given(options: Partial<MemoryStoreOptions>, breaks: Break): Fault {
  return { breaks, options };
}

type Call<Name extends "put" | "head" | "get" | "list" | "copy" | "delete"> = (
  store: ObjectStore,
  ...args: Parameters<ObjectStore[Name]>
) => ReturnType<ObjectStore[Name]>;

export function putting(put: Call<"put">): Break {
  return (store) => ({ put: (...args) => put(store, ...args) });
}

export function heading(head: Call<"head">): Break {
  return (store) => ({ head: (...args) => head(store, ...args) });
}

export function getting(get: Call<"get">): Break {
  return (store) => ({ get: (...args) => get(store, ...args) });
}

export function listing(list: Call<"list">): Break {
  return (store) => ({ list: (...args) => list(store, ...args) });
}

export function copying(copy: Call<"copy">): Break {
  return (store) => ({ copy: (...args) => copy(store, ...args) });
}

export function deleting(remove: Call<"delete">): Break {
  return (store) => ({ delete: (...args) => remove(store, ...args) });
}

export function moving(move: Call<"copy">): Fault {
  return given({ move: true }, (store) => ({ move: (...args) => move(store, ...args) }));
}

export function declaring(declared: Partial<StoreCapabilities>): Break {
  return ({ capabilities }) => ({ capabilities: { ...capabilities, ...declared } });
}

/** A store that mangles every key. */
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

export function others(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
