import { ObjectStoreError } from "@keywhen/core/store";
import {
  type Break,
  declaring,
  deleting,
  type Faults,
  given,
  listing,
  putting,
  withKeys,
} from "./fault.js";

export const keysFaults: Faults = {
  "decodes %2F": mangling((key) => key.replaceAll("%2F", "/")),
  "decodes twice": mangling((key) => key.replaceAll("%25", "%")),
  "takes + for a space": mangling((key) => key.replaceAll("+", " ")),
  "takes ? for the end": mangling((key) => key.replace(/(?<=.)\?.*/, "")),
  "takes # for the end": mangling((key) => key.replace(/(?<=.)#.*/, "")),
  "unescapes XML": mangling((key) => key.replaceAll("&amp;", "&")),
  "takes | for -": mangling((key) => key.replaceAll("|", "-")),
  "cuts keys at 255 characters": mangling((key) => key.slice(0, 255)),
  "writes keys in lower case": mangling((key) => key.toLowerCase()),
  "normalizes Unicode": mangling((key) => key.normalize("NFC")),
  "keeps Latin only": mangling((key) => key.replace(/[^ -ÿ]/g, "?")),
  "trims keys": mangling((key) => key.trim()),
  "joins double slashes": mangling((key) => key.replaceAll("//", "/")),
  "resolves dots": mangling((key) => new URL(key, "file:///").pathname.slice(1)),
  "takes \\ for /": mangling((key) => key.replaceAll("\\", "/")),
  "ends keys at NUL": mangling((key) => key.replace(/\0.*/, "")),
  "can't have an object and a folder of the same name": putting(
    async (store, ref, body, options) => {
      const below = { bucket: ref.bucket, prefix: `${ref.key}/`, limit: 1 };
      if ((await store.list(below)).objects.length === 0) return store.put(ref, body, options);
      const message = "is a directory";
      throw new ObjectStoreError({ ...ref, code: "unexpected", operation: "put", message });
    },
  ),
  "deletes a folder with its object": deleting(async (store, bucket, keys, call) => {
    const below = await Promise.all(keys.map((key) => store.list({ bucket, prefix: `${key}/` })));
    const all = below.flatMap(({ objects }) => objects.map(({ key }) => key));
    await store.delete(bucket, all);
    return store.delete(bucket, keys, call);
  }),
  "lists its internal files": listing(async (store, page, call) => {
    const found = await store.list(page, call);
    const lock = { key: `${page.prefix}.lock`, size: 0, lastModified: new Date() };
    return { ...found, objects: [lock, ...found.objects] };
  }),
  "deletes only keys that need no escape": deleting(async (store, bucket, keys, call) => {
    const plain = keys.filter((key) => encodeURI(key) === key);
    await store.delete(bucket, plain, call);
    return keys.map(() => ({ outcome: "gone" }));
  }),
  "cuts keys to the limit instead of refusing them": mangling((key) =>
    Buffer.from(key).subarray(0, 1_024).toString(),
  ),
  "counts characters instead of bytes": given(
    { capabilities: { limits: { keyBytes: 3_000, bucketCharacters: 63 } } },
    (store) => {
      const limits = { keyBytes: 1_024, bucketCharacters: 63 };
      return {
        capabilities: { ...store.capabilities, limits },
        put: async (ref, body, options) => {
          if (ref.key.length <= limits.keyBytes) return store.put(ref, body, options);
          const message = "key too long";
          throw new ObjectStoreError({ ...ref, code: "invalid-key", operation: "put", message });
        },
      };
    },
  ),
  "has a shorter limit than it declares": given(
    { capabilities: { limits: { keyBytes: 900, bucketCharacters: 63 } } },
    declaring({ limits: { keyBytes: 1_024, bucketCharacters: 63 } }),
  ),
  "takes longer parts than it declares": declaring({
    limits: { keyBytes: 1_024, keySegmentCharacters: 255, bucketCharacters: 63 },
  }),
  "takes longer bucket names than it declares": given(
    { buckets: undefined },
    declaring({ limits: { keyBytes: 1_024, bucketCharacters: 20 } }),
  ),
  "calls a key over the limit denied": putting(async (store, ref, body, options) => {
    if (ref.key.length <= 1_024) return store.put(ref, body, options);
    const message = "forbidden";
    throw new ObjectStoreError({ ...ref, code: "denied", operation: "put", message });
  }),
};

function mangling(change: (key: string) => string): Break {
  return (store) => withKeys(store, change);
}
