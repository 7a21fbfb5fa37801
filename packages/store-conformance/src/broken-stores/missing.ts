import { isStoreError, ObjectStoreError } from "@keywhen/core/store";
import type { Fault } from "./fault.js";

export const missingFaults: readonly Fault[] = [
  {
    fault: "throws if an object is missing",
    breaks: (store) => ({
      head: async (ref, call) => {
        const info = await store.head(ref, call);
        if (info !== undefined) return info;
        const message = "not found";
        throw new ObjectStoreError({ ...ref, code: "unexpected", operation: "head", message });
      },
    }),
  },
  {
    fault: "takes a folder for an object",
    breaks: (store) => ({
      head: async (ref, call) => {
        const below = { bucket: ref.bucket, prefix: `${ref.key}/` };
        const [first] = (await store.list(below)).objects;
        return store.head(first ? { ...ref, key: first.key } : ref, call);
      },
    }),
  },
  {
    fault: "creates a bucket when it is named",
    options: { buckets: undefined },
    breaks: () => ({}),
  },
  {
    fault: "calls a missing bucket unavailable",
    breaks: (store) => ({
      head: (ref, call) => store.head(ref, call).catch(unavailable),
      put: (...args) => store.put(...args).catch(unavailable),
      list: (...args) => store.list(...args).catch(unavailable),
      copy: (...args) => store.copy(...args).catch(unavailable),
    }),
  },
  {
    fault: "throws errors of its client's own",
    breaks: (store) => ({
      put: (...args) =>
        store.put(...args).catch(() => {
          throw Object.assign(new Error("NoSuchBucket"), { code: "no-such-bucket" });
        }),
    }),
  },
  {
    fault: "says source-gone if the target's bucket is missing",
    breaks: (store) => ({
      copy: (...args) => store.copy(...args).catch(() => ({ outcome: "source-gone" })),
    }),
  },
  {
    fault: "finds missing buckets empty",
    breaks: (store) => ({
      list: (...args) => store.list(...args).catch(() => ({ objects: [], more: false })),
    }),
  },
];

function unavailable(error: unknown): never {
  if (!isStoreError(error)) throw error;
  const { operation, bucket, key, message } = error;
  throw new ObjectStoreError({ code: "unavailable", operation, bucket, key, message });
}
