import type { IncomingMessage } from "node:http";
import type { Purpose } from "./send-once.js";
import { toStoreError } from "./store-errors.js";

/**
 * An answer's body as a web stream that reads on demand only and frees its connection when it is
 * cancelled. A body that breaks off fails with `ObjectStoreError`, `unavailable`.
 */
export function openBody(purpose: Purpose, answer: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = answer[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const chunk = await chunks.next();
          if (chunk.done) controller.close();
          else controller.enqueue(chunk.value);
        } catch (error) {
          const aborted = purpose.call?.signal?.aborted === true;
          controller.error(toStoreError({ purpose, sent: true, aborted, error }));
        }
      },
      cancel() {
        answer.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}
