import { Buffer } from "node:buffer";
import type { FileHandle } from "node:fs/promises";
import { aborted, fault } from "./store-errors.js";

const CHUNK_BYTES = 256 * 1024;

/** The first `size` bytes of an open file, read on demand. Closes the file at the end, on cancel, error and abort. */
export function streamFile(
  handle: FileHandle,
  size: number,
  explain: (error: unknown) => Error,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  let position = 0;
  let giveUp = () => {};
  const close = async () => {
    signal?.removeEventListener("abort", giveUp);
    await handle.close();
  };
  const next = async () => {
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, size - position));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0)
      throw fault(
        "unavailable",
        `the file got shorter while it was read: it ended after ${position} of ${size} bytes`,
      );
    position += bytesRead;
    return new Uint8Array(chunk.buffer, 0, bytesRead);
  };
  const start = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    if (size === 0) return end(controller);
    if (signal === undefined) return;
    giveUp = () => {
      controller.error(explain(aborted(signal)));
      void close();
    };
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
  };
  const end = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    controller.close();
    await close();
  };
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    try {
      const chunk = await next();
      if (signal?.aborted) return;
      controller.enqueue(chunk);
      if (position === size) await end(controller);
    } catch (error) {
      if (signal?.aborted) return;
      await close();
      throw explain(error);
    }
  };
  return new ReadableStream({ start, pull, cancel: close }, { highWaterMark: 0 });
}
