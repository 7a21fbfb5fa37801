import { Buffer } from "node:buffer";
import { aborted, fault } from "./store-errors.js";
import type { SystemCalls } from "./system-calls.js";

const CHUNK_BYTES = 256 * 1024;

/** The first `size` bytes of an open file, read on demand. Closes the file at the end, on cancel, error and abort. */
export function streamFile(
  calls: Pick<SystemCalls, "read" | "close">,
  fd: number,
  size: number,
  explain: (error: unknown) => Error,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  let position = 0;
  let isClosed = false;
  let reading: Promise<unknown> | undefined;
  let giveUp = () => {};
  const close = async () => {
    signal?.removeEventListener("abort", giveUp);
    if (isClosed) return;
    isClosed = true;
    await reading; // its descriptor could be another file's by then
    for (const closing of calls.close(fd)) await closing;
  };
  const next = async () => {
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, size - position));
    const reads = calls.read(fd, chunk, position);
    reading = reads.catch(() => {});
    const bytesRead = await reads;
    if (bytesRead === 0)
      throw fault(
        "unavailable",
        `the file got shorter while it was read (it ended after ${position} of ${size} bytes): read it again`,
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
      controller.enqueue(await next());
      if (position === size) await end(controller);
    } catch (error) {
      if (signal?.aborted) return; // the stream has ended with that
      await close();
      throw explain(error);
    }
  };
  return new ReadableStream({ start, pull, cancel: close }, { highWaterMark: 0 });
}
