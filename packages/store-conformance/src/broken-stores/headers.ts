import { gunzipSync } from "node:zlib";
import type { CopyOptions, ObjectRef, ObjectStore, PutOptions } from "@keywhen/core/store";
import { bytesAt, streamOf } from "../bodies.js";
import { type Break, copying, type Faults, getting, putting } from "./fault.js";

export const headersFaults: Faults = {
  "drops metadata": puttingWith(() => ({ metadata: undefined })),
  "drops the content type": puttingWith(() => ({ contentType: undefined })),
  "drops the content encoding": puttingWith(() => ({ contentEncoding: undefined })),
  "drops cache control": puttingWith(() => ({ cacheControl: undefined })),
  "adds another encoding": puttingWith(() => ({ contentEncoding: "aws-chunked" })),
  "decodes metadata": puttingWith(({ metadata }) => ({
    metadata: eachValue(metadata, (value) => value.replace("%41", "A")),
  })),
  "cuts long metadata": puttingWith(({ metadata }) => ({
    metadata: eachValue(metadata, (value) => value.slice(0, 1_024)),
  })),
  "keeps the metadata of what it replaces": putting(async (store, ref, body, options) => {
    const metadata = { ...(await store.head(ref))?.metadata, ...options?.metadata };
    return store.put(ref, body, { ...options, metadata });
  }),
  "returns no metadata from get": getting(async (store, ref, call) => {
    const opened = await store.get(ref, call);
    return opened && { ...opened, metadata: {} };
  }),
  "unpacks what is packed": getting(async (store, ref, call) => {
    const opened = await store.get(ref, call);
    if (opened?.contentEncoding !== "gzip") return opened;
    const packed = (await bytesAt(store, ref)) ?? new Uint8Array();
    return { ...opened, body: streamOf([new Uint8Array(gunzipSync(packed))]) };
  }),
  "drops metadata on copy": copyingWith(() => ({ metadata: {} })),
  "drops cache control on copy": copying(copyByHand),
  "adds to the metadata of a copy instead of replacing it": copying(
    async (store, source, target, options) => {
      const info = await store.head(source);
      const metadata = { ...info?.metadata, ...options?.metadata };
      return store.copy(source, target, { ...options, metadata });
    },
  ),
  "takes empty new metadata for none": copyingWith(({ metadata }) =>
    Object.keys(metadata ?? {}).length === 0 ? { metadata: undefined } : {},
  ),
};

function puttingWith(change: (options: PutOptions) => Partial<PutOptions>): Break {
  return putting((store, ref, body, options) =>
    store.put(ref, body, { ...options, ...change(options ?? {}) }),
  );
}

function copyingWith(change: (options: CopyOptions) => Partial<CopyOptions>): Break {
  return copying((store, source, target, options) =>
    store.copy(source, target, { ...options, ...change(options ?? {}) }),
  );
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
