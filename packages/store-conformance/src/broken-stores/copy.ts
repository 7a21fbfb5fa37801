import { ObjectStoreError } from "@keywhen/core/store";
import { bytesAt } from "../bodies.js";
import { copying, type Fault, type Faults, given } from "./fault.js";

const COPIED = { outcome: "copied" } as const;

export const copyFaults: Faults = {
  "says copied and copies nothing": () => ({ copy: async () => COPIED }),
  "says copied if the source is missing": copying(async (store, ...args) => {
    await store.copy(...args);
    return COPIED;
  }),
  "empties the target if the source is missing": copying(async (store, source, target, options) => {
    const copied = await store.copy(source, target, options);
    if (copied.outcome === "source-gone") await store.put(target, new Uint8Array());
    return copied;
  }),
  "deletes the target if the source is missing": copying(async (store, source, target, options) => {
    await store.delete(target.bucket, [target.key]);
    return store.copy(source, target, options);
  }),
  "throws if the source is missing": copying(async (store, source, target, options) => {
    const copied = await store.copy(source, target, options);
    if (copied.outcome === "copied") return copied;
    const message = "no such key";
    throw new ObjectStoreError({ ...source, code: "unexpected", operation: "copy", message });
  }),
  "deletes the source": copying(async (store, source, target, options) => {
    const copied = await store.copy(source, target, options);
    await store.delete(source.bucket, [source.key]);
    return copied;
  }),
  "empties an object that is copied onto itself": copying(
    async (store, source, target, options) => {
      if ((await store.head(source)) === undefined) return store.copy(source, target, options);
      const isItself = source.bucket === target.bucket && source.key === target.key;
      if (isItself) await store.put(target, new Uint8Array());
      return store.copy(source, target, options);
    },
  ),
  "throws another error for a copy of nothing to nowhere": copying(
    async (store, source, target, options) => {
      if ((await store.head(source)) === undefined && target.bucket.startsWith("conformance-")) {
        const message = "internal error";
        throw new ObjectStoreError({ ...source, code: "unexpected", operation: "copy", message });
      }
      return store.copy(source, target, options);
    },
  ),
  "leaves a target that is there": copying(async (store, source, target, options) =>
    (await store.head(target)) ? COPIED : store.copy(source, target, options),
  ),
  "copies into the source's bucket": copying((store, source, target, options) =>
    store.copy(source, { ...target, bucket: source.bucket }, options),
  ),
  "copies between buckets only": copying(async (store, source, target, options) =>
    source.bucket === target.bucket ? COPIED : store.copy(source, target, options),
  ),
  "links instead of copying": (store) => {
    const links = new Map<string, { bucket: string; key: string }>();
    return {
      copy: async (source, target, options) => {
        links.set(`${target.bucket}/${target.key}`, source);
        return store.copy(source, target, options);
      },
      get: (ref, call) => store.get(links.get(`${ref.bucket}/${ref.key}`) ?? ref, call),
    };
  },
  "decodes the source's key": copying((store, source, target, options) =>
    store.copy({ ...source, key: source.key.replaceAll("%2F", "/") }, target, options),
  ),
  "takes an empty source for a missing one": copying(async (store, source, target, options) =>
    (await store.head(source))?.size === 0
      ? { outcome: "source-gone" }
      : store.copy(source, target, options),
  ),
  "copies the first part of a large object": rewritingLarge((bytes) => bytes.subarray(0, 1_000)),
  "loses the headers of a large object": rewritingLarge((bytes) => bytes),
  "writes the target after it has answered": copying(async (store, source, target, options) => {
    if ((await store.head(source)) === undefined) return { outcome: "source-gone" };
    setImmediate(() => void store.copy(source, target, options));
    return COPIED;
  }),
};

/** Rewrites a copy without headers if it is larger than the limit of one copy. */
function rewritingLarge(change: (bytes: Uint8Array) => Uint8Array): Fault {
  return given(
    { capabilities: { singleCopyMaxBytes: 1_000 } },
    copying(async (store, source, target, options) => {
      const copied = await store.copy(source, target, options);
      const bytes = await bytesAt(store, target);
      if (bytes && bytes.length > 1_000) await store.put(target, change(bytes));
      return copied;
    }),
  );
}
