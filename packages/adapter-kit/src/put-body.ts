import type { Body, ObjectRef, PutOptions, PutResult, RequestOptions } from "@keywhen/core/store";
import { type BodyReader, bodyReader, notStored } from "./body-reader.js";

/** How an adapter puts each kind of body. */
export interface PutWays {
  readonly bytes: (bytes: Uint8Array) => Promise<PutResult>;
  readonly stream: (reader: BodyReader) => Promise<PutResult>;
}

/** Puts a body by its kind, and releases a stream that is not read to its end. Sends nothing if the call was aborted. */
export async function putBody(
  ref: ObjectRef,
  body: Body,
  options: PutOptions & RequestOptions,
  put: PutWays,
): Promise<PutResult> {
  const { signal, size } = options;
  if (signal?.aborted) throw notStored(ref, "aborted", "aborted", signal.reason);
  if (body instanceof Uint8Array) {
    checkSize(ref, body, size);
    return put.bytes(body);
  }
  const reader = bodyReader(ref, body, options);
  try {
    return await put.stream(reader);
  } finally {
    await reader.cancel();
  }
}

function checkSize(ref: ObjectRef, bytes: Uint8Array, size = bytes.byteLength): void {
  if (size === bytes.byteLength) return;
  const message = `the body has ${bytes.byteLength} bytes, not the ${size} of its size`;
  throw notStored(ref, "unexpected", message);
}
