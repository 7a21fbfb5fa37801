import { isStoreError, ObjectStoreError } from "@keywhen/core/store";
import { copying, type Faults, given, heading, listing, putting } from "./fault.js";

export const missingFaults: Faults = {
  "throws if an object is missing": heading(async (store, ref, call) => {
    const info = await store.head(ref, call);
    if (info !== undefined) return info;
    const message = "not found";
    throw new ObjectStoreError({ ...ref, code: "unexpected", operation: "head", message });
  }),
  "takes a folder for an object": heading(async (store, ref, call) => {
    const below = { bucket: ref.bucket, prefix: `${ref.key}/` };
    const [first] = (await store.list(below)).objects;
    return store.head(first ? { ...ref, key: first.key } : ref, call);
  }),
  "creates a bucket when it is named": given({ buckets: undefined }, () => ({})),
  "calls a missing bucket unavailable": (store) => ({
    head: (ref, call) => store.head(ref, call).catch(unavailable),
    put: (...args) => store.put(...args).catch(unavailable),
    list: (...args) => store.list(...args).catch(unavailable),
    copy: (...args) => store.copy(...args).catch(unavailable),
  }),
  "throws errors of its client's own": putting((store, ...args) =>
    store.put(...args).catch(() => {
      throw Object.assign(new Error("NoSuchBucket"), { code: "no-such-bucket" });
    }),
  ),
  "says source-gone if the target's bucket is missing": copying((store, ...args) =>
    store.copy(...args).catch(() => ({ outcome: "source-gone" })),
  ),
  "finds missing buckets empty": listing((store, ...args) =>
    store.list(...args).catch(() => ({ objects: [], more: false })),
  ),
};

function unavailable(error: unknown): never {
  if (!isStoreError(error)) throw error;
  const { operation, bucket, key, message } = error;
  throw new ObjectStoreError({ code: "unavailable", operation, bucket, key, message });
}
