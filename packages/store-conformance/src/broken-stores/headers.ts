import { gunzipSync } from "node:zlib";
import type { CopyOptions, ObjectRef, ObjectStore, PutOptions } from "@keywhen/core/store";
import { bytesAt, streamOf } from "../bodies.js";
import type { Fault } from "./fault.js";

export const headersFaults: readonly Fault[] = [
  { fault: "drops metadata", breaks: puttingWith(() => ({ metadata: undefined })) },
  { fault: "drops the content type", breaks: puttingWith(() => ({ contentType: undefined })) },
  {
    fault: "drops the content encoding",
    breaks: puttingWith(() => ({ contentEncoding: undefined })),
  },
  { fault: "drops cache control", breaks: puttingWith(() => ({ cacheControl: undefined })) },
  {
    fault: "adds another encoding",
    breaks: puttingWith(() => ({ contentEncoding: "aws-chunked" })),
  },
  {
    fault: "decodes metadata",
    breaks: puttingWith(({ metadata }) => ({
      metadata: eachValue(metadata, (value) => value.replace("%41", "A")),
    })),
  },
  {
    fault: "cuts long metadata",
    breaks: puttingWith(({ metadata }) => ({
      metadata: eachValue(metadata, (value) => value.slice(0, 1_024)),
    })),
  },
  {
    fault: "keeps the metadata of what it replaces",
    breaks: (store) => ({
      put: async (ref, body, options) => {
        const metadata = { ...(await store.head(ref))?.metadata, ...options?.metadata };
        return store.put(ref, body, { ...options, metadata });
      },
    }),
  },
  {
    fault: "returns no metadata from get",
    breaks: (store) => ({
      get: async (ref, call) => {
        const opened = await store.get(ref, call);
        return opened && { ...opened, metadata: {} };
      },
    }),
  },
  {
    fault: "unpacks what is packed",
    breaks: (store) => ({
      get: async (ref, call) => {
        const opened = await store.get(ref, call);
        if (opened?.contentEncoding !== "gzip") return opened;
        const packed = (await bytesAt(store, ref)) ?? new Uint8Array();
        return { ...opened, body: streamOf([new Uint8Array(gunzipSync(packed))]) };
      },
    }),
  },
  {
    fault: "drops metadata on copy",
    breaks: copyingWith(() => ({ metadata: {} })),
  },
  {
    fault: "drops cache control on copy",
    breaks: (store) => ({ copy: (...args) => copyByHand(store, ...args) }),
  },
  {
    fault: "adds to the metadata of a copy instead of replacing it",
    breaks: (store) => ({
      copy: async (source, target, options) => {
        const info = await store.head(source);
        const metadata = { ...info?.metadata, ...options?.metadata };
        return store.copy(source, target, { ...options, metadata });
      },
    }),
  },
  {
    fault: "takes empty new metadata for none",
    breaks: copyingWith(({ metadata }) =>
      Object.keys(metadata ?? {}).length === 0 ? { metadata: undefined } : {},
    ),
  },
];

function puttingWith(change: (options: PutOptions) => Partial<PutOptions>): Fault["breaks"] {
  return (store) => ({
    put: (ref, body, options) => store.put(ref, body, { ...options, ...change(options ?? {}) }),
  });
}

function copyingWith(change: (options: CopyOptions) => Partial<CopyOptions>): Fault["breaks"] {
  return (store) => ({
    copy: (source, target, options) =>
      store.copy(source, target, { ...options, ...change(options ?? {}) }),
  });
}

function eachValue(metadata: PutOptions["metadata"], change: (value: string) => string) {
  return Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, change(value)]),
  );
}

async function copyByHand(
  store: ObjectStore,
  source: ObjectRef,
  target: ObjectRef,
  options?: CopyOptions,
) {
  const opened = await store.get(source);
  if (opened === undefined) return { outcome: "source-gone" } as const;
  const { body, contentType, contentEncoding, metadata } = opened;
  await store.put(target, body, { contentType, contentEncoding, metadata, ...options });
  return { outcome: "copied" } as const;
}
