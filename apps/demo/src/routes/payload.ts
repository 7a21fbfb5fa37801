import type { Context } from "hono";
import { LARGEST_BODY_BYTES } from "../api/events.js";
import { ApiFailure } from "../api-failure.js";

export interface ReceivedPayload {
  readonly body: ReadableStream<Uint8Array> | undefined;
  readonly size: number | undefined;
  readonly contentType: string | undefined;
  /** Waits for the store. Rejects if the body was too long, even if the store accepted it. */
  guard<T>(storing: Promise<T>): Promise<T>;
}

/** Streams a call's body to the store, up to the limit. */
export function receivePayload(c: Context): ReceivedPayload {
  const length = c.req.header("content-length");
  const size = length === undefined ? undefined : Number(length);
  if (size !== undefined && size > LARGEST_BODY_BYTES) throw tooLarge();
  const { body } = c.req.raw;
  let isTooLong = false;
  const limited = body?.pipeThrough(
    limitTo(LARGEST_BODY_BYTES, () => {
      isTooLong = true;
    }),
  );
  return {
    body: size === 0 ? undefined : limited,
    size: size === 0 ? undefined : size,
    contentType: c.req.header("content-type"),
    async guard(storing) {
      try {
        const outcome = await storing;
        if (isTooLong) throw tooLarge();
        return outcome;
      } catch (error) {
        throw isTooLong ? tooLarge() : error;
      }
    },
  };
}

function limitTo(bytes: number, onExcess: () => void): TransformStream<Uint8Array, Uint8Array> {
  let left = bytes;
  return new TransformStream({
    transform(chunk, controller) {
      left -= chunk.length;
      if (left >= 0) return controller.enqueue(chunk);
      onExcess();
      controller.error(tooLarge());
    },
  });
}

function tooLarge(): ApiFailure {
  return new ApiFailure(
    413,
    "too-large",
    `The body is longer than ${LARGEST_BODY_BYTES / 1_000_000} MB.`,
    "Schedule it with keywhen schedule --file, or with the library.",
  );
}
