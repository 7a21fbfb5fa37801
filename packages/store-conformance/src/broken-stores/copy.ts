import { ObjectStoreError } from "@keywhen/core/store";
import { bytesAt } from "../bodies.js";
import type { Fault } from "./fault.js";

const COPIED = { outcome: "copied" } as const;

export const copyFaults: readonly Fault[] = [
  { fault: "says copied and copies nothing", breaks: () => ({ copy: async () => COPIED }) },
  {
    fault: "says copied if the source is missing",
    breaks: (store) => ({
      copy: async (...args) => {
        await store.copy(...args);
        return COPIED;
      },
    }),
  },
  {
    fault: "empties the target if the source is missing",
    breaks: (store) => ({
      copy: async (source, target, options) => {
        const copied = await store.copy(source, target, options);
        if (copied.outcome === "source-gone") await store.put(target, new Uint8Array());
        return copied;
      },
    }),
  },
  {
    fault: "deletes the target if the source is missing",
    breaks: (store) => ({
      copy: async (source, target, options) => {
        await store.delete(target.bucket, [target.key]);
        return store.copy(source, target, options);
      },
    }),
  },
  {
    fault: "throws if the source is missing",
    breaks: (store) => ({
      copy: async (source, target, options) => {
        const copied = await store.copy(source, target, options);
        if (copied.outcome === "copied") return copied;
        const message = "no such key";
        throw new ObjectStoreError({ ...source, code: "unexpected", operation: "copy", message });
      },
    }),
  },
  {
    fault: "deletes the source",
    breaks: (store) => ({
      copy: async (source, target, options) => {
        const copied = await store.copy(source, target, options);
        await store.delete(source.bucket, [source.key]);
        return copied;
      },
    }),
  },
  {
    fault: "empties an object that is copied onto itself",
    breaks: (store) => ({
      copy: async (source, target, options) => {
        if ((await store.head(source)) === undefined) return store.copy(source, target, options);
        const isItself = source.bucket === target.bucket && source.key === target.key;
        if (isItself) await store.put(target, new Uint8Array());
        return store.copy(source, target, options);
      },
    }),
  },
  {
    fault: "throws another error for a copy of nothing to nowhere",
    breaks: (store) => ({
      copy: async (source, target, options) => {
        if ((await store.head(source)) === undefined && target.bucket.startsWith("conformance-")) {
          const message = "internal error";
          throw new ObjectStoreError({ ...source, code: "unexpected", operation: "copy", message });
        }
        return store.copy(source, target, options);
      },
    }),
  },
  {
    fault: "leaves a target that is there",
    breaks: (store) => ({
      copy: async (source, target, options) =>
        (await store.head(target)) ? COPIED : store.copy(source, target, options),
    }),
  },
  {
    fault: "copies into the source's bucket",
    breaks: (store) => ({
      copy: (source, target, options) =>
        store.copy(source, { ...target, bucket: source.bucket }, options),
    }),
  },
  {
    fault: "copies between buckets only",
    breaks: (store) => ({
      copy: async (source, target, options) =>
        source.bucket === target.bucket ? COPIED : store.copy(source, target, options),
    }),
  },
  {
    fault: "links instead of copying",
    breaks: (store) => {
      const links = new Map<string, { bucket: string; key: string }>();
      return {
        copy: async (source, target, options) => {
          links.set(`${target.bucket}/${target.key}`, source);
          return store.copy(source, target, options);
        },
        get: (ref, call) => store.get(links.get(`${ref.bucket}/${ref.key}`) ?? ref, call),
      };
    },
  },
  {
    fault: "decodes the source's key",
    breaks: (store) => ({
      copy: (source, target, options) =>
        store.copy({ ...source, key: source.key.replaceAll("%2F", "/") }, target, options),
    }),
  },
  {
    fault: "takes an empty source for a missing one",
    breaks: (store) => ({
      copy: async (source, target, options) =>
        (await store.head(source))?.size === 0
          ? { outcome: "source-gone" }
          : store.copy(source, target, options),
    }),
  },
  {
    fault: "copies the first part of a large object",
    options: { capabilities: { singleCopyMaxBytes: 1_000 } },
    breaks: (store) => ({
      copy: async (source, target, options) => {
        const copied = await store.copy(source, target, options);
        const bytes = await bytesAt(store, target);
        if (bytes && bytes.length > 1_000) await store.put(target, bytes.subarray(0, 1_000));
        return copied;
      },
    }),
  },
  {
    fault: "loses the headers of a large object",
    options: { capabilities: { singleCopyMaxBytes: 1_000 } },
    breaks: (store) => ({
      copy: async (source, target, options) => {
        const copied = await store.copy(source, target, options);
        const bytes = await bytesAt(store, target);
        if (bytes && bytes.length > 1_000) await store.put(target, bytes);
        return copied;
      },
    }),
  },
  {
    fault: "writes the target after it has answered",
    breaks: (store) => ({
      copy: async (source, target, options) => {
        if ((await store.head(source)) === undefined) return { outcome: "source-gone" };
        setImmediate(() => void store.copy(source, target, options));
        return COPIED;
      },
    }),
  },
];
