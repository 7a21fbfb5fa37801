/** The body of an answer in Node: the part of a `Readable` of `node:stream` that is used here. */
export interface ReadableBody extends AsyncIterable<Uint8Array> {
  destroy(): unknown;
}

/**
 * An answer's body as a web stream that reads on demand only and frees its connection when it is
 * cancelled. A body that breaks off fails with what `toError` makes of the error.
 */
export function openBody(
  body: ReadableBody,
  toError: (error: unknown) => Error,
): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const chunk = await chunks.next();
          if (chunk.done) controller.close();
          else controller.enqueue(chunk.value);
        } catch (error) {
          controller.error(toError(error));
        }
      },
      cancel() {
        body.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}
