import type { StoreErrorCode } from "../errors.js";
import type { Body, ObjectRef, PutOptions, RequestOptions } from "./object-store.js";
import { isStoreError, ObjectStoreError } from "./object-store-error.js";

/**
 * Copies a whole body into new bytes. Throws an `ObjectStoreError` if the body breaks off, if its length is not `size`, or if
 * `signal` aborts; then it cancels the rest of a stream.
 */
export async function readBody(
  ref: ObjectRef,
  body: Body,
  options: Pick<PutOptions & RequestOptions, "size" | "signal"> = {},
): Promise<Uint8Array> {
  // Not slice(): a Buffer's slice shares its memory.
  const bytes =
    body instanceof Uint8Array ? new Uint8Array(body) : await readStream(ref, body, options.signal);
  if (options.size !== undefined && options.size !== bytes.length) {
    const message = `the body has ${bytes.length} bytes, but size is ${options.size}: correct size, or leave it out`;
    throw notStored(ref, "unexpected", message);
  }
  return bytes;
}

async function readStream(
  ref: ObjectRef,
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const reader = stream.getReader();
  const stop = () => void reader.cancel(signal?.reason).catch(() => undefined);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const chunks: Uint8Array[] = [];
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      chunks.push(new Uint8Array(read.value));
    }
    if (signal?.aborted) throw notStored(ref, "aborted", "aborted", signal.reason);
    return joinBytes(chunks);
  } catch (cause) {
    if (isStoreError(cause)) throw cause;
    throw notStored(ref, "unexpected", "the body's stream failed: check what it reads from", cause);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

function notStored(ref: ObjectRef, code: StoreErrorCode, message: string, cause?: unknown) {
  return new ObjectStoreError({ ...ref, code, operation: "put", message, cause, undecided: false });
}

/** Joins chunks into one. */
export function joinBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
