import type { FileHandle } from "node:fs/promises";
import { types } from "node:util";
import type { Body } from "@keywhen/core/store";
import { createChecked } from "./checked-folder.js";
import { aborted, fault, throwIfAborted } from "./store-errors.js";
import { syncData } from "./sync.js";

export interface StageOptions {
  readonly size?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Writes a body to a new file and on to the disk. A stream is read to its end, or cancelled. */
export async function stageBody(path: string, body: Body, options: StageOptions): Promise<void> {
  const handle = await createChecked(path);
  try {
    const written = isBytes(body)
      ? await writeAll(handle, body)
      : await writeStream(handle, body, options);
    checkSize(written, options.size);
    await syncData(handle);
  } finally {
    await handle.close();
  }
}

async function writeStream(
  handle: FileHandle,
  body: ReadableStream<Uint8Array>,
  { size = Number.POSITIVE_INFINITY, signal }: StageOptions,
): Promise<number> {
  const reader = body.getReader();
  const giveUp = () => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener("abort", giveUp);
  let written = 0;
  try {
    for (;;) {
      const chunk = await nextChunk(reader, signal);
      if (chunk === undefined) return written;
      written += await writeAll(handle, chunk);
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

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<number> {
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, offset);
    offset += bytesWritten;
  }
  return bytes.length;
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
