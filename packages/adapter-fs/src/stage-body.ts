import { types } from "node:util";
import type { Body } from "@keywhen/core/store";
import type { CheckedCalls } from "./checked-calls.js";
import { type Steps, waitFor } from "./steps.js";
import { aborted, fault, throwIfAborted } from "./store-errors.js";

export interface StageOptions {
  readonly size?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Writes a body to a new file. A stream is read to its end, or cancelled. */
export function* writeBody(
  disk: CheckedCalls,
  fd: number,
  body: Body,
  options: StageOptions,
): Steps<void> {
  const { size } = options;
  if (!isBytes(body)) checkSize(yield* writeStream(disk, fd, body, options), size);
  else {
    yield* disk.writeAll(fd, body);
    checkSize(body.length, size);
  }
}

function* writeStream(
  disk: CheckedCalls,
  fd: number,
  body: ReadableStream<Uint8Array>,
  { size = Number.POSITIVE_INFINITY, signal }: StageOptions,
): Steps<number> {
  const reader = body.getReader();
  const giveUp = () => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener("abort", giveUp);
  let written = 0;
  try {
    for (;;) {
      const chunk = yield* waitFor(nextChunk(reader, signal));
      if (chunk === undefined) return written;
      yield* disk.writeAll(fd, chunk);
      written += chunk.length;
      if (written > size) throw wrongSize(`more than ${size}`, size);
    }
  } catch (error) {
    // Stops the producer. An error of its cancellation changes nothing here.
    reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

/** The next bytes, `undefined` at the end. Cancelling the reader on abort ends a read that waits. */
async function nextChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  const result = await reader.read().catch((cause: unknown) => {
    throwIfAborted(signal);
    throw fault("unavailable", "the body's stream failed: check what it reads from", { cause });
  });
  if (signal?.aborted) throw aborted(signal);
  if (result.done) return undefined;
  if (isBytes(result.value)) return result.value;
  throw fault(
    "unexpected",
    `the body's stream must give Uint8Array chunks (got a ${typeof result.value}): convert them`,
  );
}

function checkSize(written: number, size: number | undefined): void {
  if (size !== undefined && written !== size) throw wrongSize(String(written), size);
}

function wrongSize(found: string, size: number): Error {
  return fault(
    "unexpected",
    `the body has ${found} bytes, but size is ${size}: correct size, or leave it out`,
  );
}

/** Whether a value is bytes, also bytes of another context: under Jest they are no instance of this `Uint8Array`. */
export function isBytes(value: unknown): value is Uint8Array {
  return types.isUint8Array(value);
}
