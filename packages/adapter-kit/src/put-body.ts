import { joinBytes } from "@keywhen/core/internal";
import {
  type Body,
  type ObjectRef,
  ObjectStoreError,
  type PutOptions,
  type PutResult,
  type RequestOptions,
  type StoreErrorCode,
} from "@keywhen/core/store";

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
  const message = `the body has ${bytes.byteLength} bytes, but size is ${size}: correct size, or leave it out`;
  throw notStored(ref, "unexpected", message);
}

/** Reads a body that is a stream, once and on demand. Each failure is an `ObjectStoreError` that says: not stored. */
export interface BodyReader {
  /** The next `bytes` bytes; fewer only at the end, none after it. */
  read(bytes: number): Promise<Uint8Array>;
  /** The rest, chunk by chunk; the last chunk only when it is certain that nothing follows. */
  chunks(): AsyncGenerator<Uint8Array, void>;
  /** Cancels the stream. */
  cancel(reason?: unknown): Promise<void>;
}

interface BodyLimits {
  /** A body of another length is refused. */
  readonly size?: number | undefined;
  /** Ends a read that waits, too. */
  readonly signal?: AbortSignal | undefined;
}

function bodyReader(
  ref: ObjectRef,
  stream: ReadableStream<Uint8Array>,
  { size, signal }: BodyLimits,
): BodyReader {
  const reader = stream.getReader();
  const stop = () => void cancel(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  let total = 0;
  let left: Uint8Array | undefined;

  async function cancel(reason?: unknown): Promise<void> {
    signal?.removeEventListener("abort", stop);
    await reader.cancel(reason).catch(() => undefined); // It has already broken off, which read() throws.
  }

  async function next(): Promise<Uint8Array | undefined> {
    if (left !== undefined) {
      const chunk = left;
      left = undefined;
      return chunk;
    }
    const { value } = await reader.read().catch((cause: unknown) => {
      throw notStored(
        ref,
        "unexpected",
        "the body's stream failed: check what it reads from",
        cause,
      );
    });
    if (signal?.aborted) throw notStored(ref, "aborted", "aborted", signal.reason);
    total += value?.byteLength ?? 0;
    const isWrong = size !== undefined && (value === undefined ? total < size : total > size);
    if (isWrong) throw notStored(ref, "unexpected", wrongLength(value === undefined, total, size));
    return value;
  }

  return {
    cancel,
    async read(bytes) {
      const chunks: Uint8Array[] = [];
      let length = 0;
      while (length < bytes) {
        const chunk = await next();
        if (chunk === undefined) break;
        const taken = chunk.subarray(0, bytes - length);
        if (taken.byteLength < chunk.byteLength) left = chunk.subarray(taken.byteLength);
        // A copy: the stream may use its buffer again.
        chunks.push(taken.slice());
        length += taken.byteLength;
      }
      return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : joinBytes(chunks);
    },
    async *chunks() {
      let held: Uint8Array | undefined;
      for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
        if (held !== undefined) yield held;
        held = chunk.slice();
      }
      if (held !== undefined) yield held;
    },
  };
}

function wrongLength(isEnded: boolean, total: number, size: number): string {
  return `the body has ${isEnded ? "only" : "at least"} ${total} bytes, but size is ${size}: correct size, or leave it out`;
}

/** The error of a put that has stored nothing. */
export function notStored(
  ref: ObjectRef,
  code: StoreErrorCode,
  message: string,
  cause?: unknown,
): ObjectStoreError {
  return new ObjectStoreError({ ...ref, code, operation: "put", message, cause, undecided: false });
}
