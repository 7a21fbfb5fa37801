import { ObjectStoreError } from "@keywhen/core/store";
import { type Fault, withKeys } from "./fault.js";

export const keysFaults: readonly Fault[] = [
  { fault: "decodes %2F", breaks: mangling((key) => key.replaceAll("%2F", "/")) },
  { fault: "decodes twice", breaks: mangling((key) => key.replaceAll("%25", "%")) },
  { fault: "takes + for a space", breaks: mangling((key) => key.replaceAll("+", " ")) },
  { fault: "takes ? for the end", breaks: mangling((key) => key.replace(/(?<=.)\?.*/, "")) },
  { fault: "takes # for the end", breaks: mangling((key) => key.replace(/(?<=.)#.*/, "")) },
  { fault: "unescapes XML", breaks: mangling((key) => key.replaceAll("&amp;", "&")) },
  { fault: "takes | for -", breaks: mangling((key) => key.replaceAll("|", "-")) },
  { fault: "cuts keys at 255 characters", breaks: mangling((key) => key.slice(0, 255)) },
  { fault: "writes keys in lower case", breaks: mangling((key) => key.toLowerCase()) },
  { fault: "normalises Unicode", breaks: mangling((key) => key.normalize("NFC")) },
  { fault: "keeps Latin only", breaks: mangling((key) => key.replace(/[^ -ÿ]/g, "?")) },
  { fault: "trims keys", breaks: mangling((key) => key.trim()) },
  { fault: "joins double slashes", breaks: mangling((key) => key.replaceAll("//", "/")) },
  { fault: "resolves dots", breaks: mangling((key) => new URL(key, "file:///").pathname.slice(1)) },
  { fault: "takes \\ for /", breaks: mangling((key) => key.replaceAll("\\", "/")) },
  { fault: "ends keys at NUL", breaks: mangling((key) => key.replace(/\0.*/, "")) },
  {
    fault: "can't have an object and a folder of the same name",
    breaks: (store) => ({
      put: async (ref, body, options) => {
        const below = { bucket: ref.bucket, prefix: `${ref.key}/`, limit: 1 };
        if ((await store.list(below)).objects.length === 0) return store.put(ref, body, options);
        const message = "is a directory";
        throw new ObjectStoreError({ ...ref, code: "unexpected", operation: "put", message });
      },
    }),
  },
  {
    fault: "deletes a folder with its object",
    breaks: (store) => ({
      delete: async (bucket, keys, call) => {
        const below = await Promise.all(
          keys.map((key) => store.list({ bucket, prefix: `${key}/` })),
        );
        const all = below.flatMap(({ objects }) => objects.map(({ key }) => key));
        await store.delete(bucket, all);
        return store.delete(bucket, keys, call);
      },
    }),
  },
  {
    fault: "lists its internal files",
    breaks: (store) => ({
      list: async (page, call) => {
        const found = await store.list(page, call);
        const key = `${page.prefix}.lock`;
        return {
          ...found,
          objects: [{ key, size: 0, lastModified: new Date() }, ...found.objects],
        };
      },
    }),
  },
  {
    fault: "deletes only keys that need no escape",
    breaks: (store) => ({
      delete: async (bucket, keys, call) => {
        await store.delete(
          bucket,
          keys.filter((key) => encodeURI(key) === key),
          call,
        );
        return keys.map(() => ({ outcome: "gone" }));
      },
    }),
  },
  {
    fault: "cuts keys to the limit instead of refusing them",
    breaks: mangling((key) => Buffer.from(key).subarray(0, 1_024).toString()),
  },
  {
    fault: "counts characters instead of bytes",
    options: { capabilities: { limits: { keyBytes: 3_000, bucketCharacters: 63 } } },
    breaks: (store) => {
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
  },
  {
    fault: "has a shorter limit than it declares",
    options: { capabilities: { limits: { keyBytes: 900, bucketCharacters: 63 } } },
    breaks: ({ capabilities }) => ({
      capabilities: { ...capabilities, limits: { keyBytes: 1_024, bucketCharacters: 63 } },
    }),
  },
  {
    fault: "takes longer parts than it declares",
    breaks: ({ capabilities }) => ({
      capabilities: {
        ...capabilities,
        limits: { ...capabilities.limits, keySegmentCharacters: 255 },
      },
    }),
  },
  {
    fault: "takes longer bucket names than it declares",
    options: { buckets: undefined },
    breaks: ({ capabilities }) => ({
      capabilities: { ...capabilities, limits: { ...capabilities.limits, bucketCharacters: 20 } },
    }),
  },
  {
    fault: "calls a key over the limit denied",
    breaks: (store) => ({
      put: async (ref, body, options) => {
        if (ref.key.length <= 1_024) return store.put(ref, body, options);
        const message = "forbidden";
        throw new ObjectStoreError({ ...ref, code: "denied", operation: "put", message });
      },
    }),
  },
];

function mangling(change: (key: string) => string): Fault["breaks"] {
  return (store) => withKeys(store, change);
}
