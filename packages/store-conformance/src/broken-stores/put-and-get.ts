import { type Body, type ObjectRef, ObjectStoreError } from "@keywhen/core/store";
import { bytesAt, bytesOf, streamOf } from "../bodies.js";
import { type Faults, getting, putting } from "./fault.js";

export const putAndGetFaults: Faults = {
  "leaves half an object where a stream breaks off": putting(async (store, ref, body, options) => {
    const { bytes, error } = await asFarAsItComes(body);
    const put = await store.put(ref, bytes, { ...options, size: undefined });
    if (error !== undefined) throw brokenOff(ref, error);
    return put;
  }),
  "empties the target before a stream has come": putting(async (store, ref, body, options) => {
    if (!(body instanceof Uint8Array)) await store.delete(ref.bucket, [ref.key]);
    return store.put(ref, body, options);
  }),
  "shows a stream before it has ended": putting(async (store, ref, body, options) => {
    if (!(body instanceof Uint8Array)) await store.put(ref, bytesOf("new "));
    return store.put(ref, body, options);
  }),
  "ignores the size of a stream": putting((store, ref, body, options) =>
    store.put(ref, body, { ...options, size: undefined }),
  ),
  "pads and cuts a stream to its size": putting(async (store, ref, body, options) => {
    const bytes = await wholeBody(ref, body);
    const sized = new Uint8Array(options?.size ?? bytes.length);
    sized.set(bytes.subarray(0, sized.length));
    return store.put(ref, sized, options);
  }),
  "keeps the caller's array instead of its bytes": (store) => {
    const kept = new Map<string, Uint8Array>();
    return {
      put: (ref, body, options) => {
        if (body instanceof Uint8Array) kept.set(place(ref), body);
        return store.put(ref, body, options);
      },
      get: async (ref, call) => {
        const opened = await store.get(ref, call);
        const mine = kept.get(place(ref));
        return opened && mine ? { ...opened, body: streamOf([mine]) } : opened;
      },
    };
  },
  "keeps the chunks of a stream instead of their bytes": putting(
    async (store, ref, body, options) => store.put(ref, await wholeBody(ref, body), options),
  ),
  "takes bytes for text": putting((store, ref, body, options) => {
    const isText = body instanceof Uint8Array;
    return store.put(ref, isText ? bytesOf(new TextDecoder().decode(body)) : body, options);
  }),
  "keeps the first chunk of a stream only": putting(async (store, ref, body, options) => {
    if (body instanceof Uint8Array) return store.put(ref, body, options);
    const { value } = await body.getReader().read();
    return store.put(ref, value ?? new Uint8Array(), { ...options, size: undefined });
  }),
  "gives at most 64 KiB": getting(async (store, ref, call) => {
    const opened = await store.get(ref, call);
    if (opened === undefined) return undefined;
    const bytes = await bytesAt(store, ref);
    return { ...opened, body: streamOf([bytes?.subarray(0, 65_536) ?? new Uint8Array()]) };
  }),
  "writes over a longer object without cutting it": putting(async (store, ref, body, options) => {
    const old = await bytesAt(store, ref);
    if (old === undefined || !(body instanceof Uint8Array)) return store.put(ref, body, options);
    return store.put(ref, Buffer.concat([body, old.subarray(body.length)]), options);
  }),
  "takes an empty object for a missing one": getting(async (store, ref, call) => {
    const opened = await store.get(ref, call);
    return opened?.size === 0 ? undefined : opened;
  }),
  "gives every object the same version": (store) => ({
    put: async (ref, body, options) => {
      const put = await store.put(ref, body, options);
      return put.outcome === "written" ? { ...put, version: "1" } : put;
    },
    head: async (ref, call) => {
      const info = await store.head(ref, call);
      return info && { ...info, version: "1" };
    },
  }),
  "writes the version otherwise in get than in put": getting(async (store, ref, call) => {
    const opened = await store.get(ref, call);
    return opened && { ...opened, version: `"${opened.version}"` };
  }),
  "loses an object whose reader leaves early": getting(async (store, ref, call) => {
    const opened = await store.get(ref, call);
    const bytes = await bytesAt(store, ref);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        if (bytes?.length) controller.enqueue(bytes);
        controller.close();
      },
      cancel: async () => void (await store.delete(ref.bucket, [ref.key])),
    });
    return opened && { ...opened, body };
  }),
};

async function wholeBody(ref: ObjectRef, body: Body): Promise<Uint8Array> {
  const { bytes, error } = await asFarAsItComes(body);
  if (error !== undefined) throw brokenOff(ref, error);
  return bytes;
}

function brokenOff(ref: ObjectRef, cause: unknown): ObjectStoreError {
  const message = "the body broke off";
  return new ObjectStoreError({ ...ref, code: "unexpected", operation: "put", message, cause });
}

async function asFarAsItComes(body: Body): Promise<{ bytes: Uint8Array; error: unknown }> {
  if (body instanceof Uint8Array) return { bytes: body, error: undefined };
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body) chunks.push(chunk);
    return { bytes: Buffer.concat(chunks), error: undefined };
  } catch (error) {
    return { bytes: Buffer.concat(chunks), error };
  }
}

function place({ bucket, key }: ObjectRef): string {
  return `${bucket}/${key}`;
}
