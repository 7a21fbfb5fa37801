import type { S3Client } from "@aws-sdk/client-s3";
import { untilAborted } from "@keywhen/core/adapter";
import { type Purpose, toStoreError } from "@keywhen/s3-protocol";
import { dateIn } from "../send-once.js";
import type { BucketPlace } from "./bucket-place.js";
import { type Answer, exchange } from "./exchange.js";
import type { Question } from "./fast-operation.js";
import { wireRequest } from "./wire-request.js";

export interface Sender {
  readonly client: S3Client;
  readonly place: BucketPlace;
  /** Lambda's trace. */
  readonly traceId: string | undefined;
}

/** Sends a question once, past the SDK's middleware, and gives whatever is answered. */
export async function sendBeside(
  sender: Sender,
  question: Question,
  purpose: Purpose,
): Promise<Answer> {
  const { signal } = purpose.call ?? {};
  const seen: Seen = { sent: false, status: undefined };
  try {
    signal?.throwIfAborted();
    // The credentials may take their time, and a handler may not know the signal.
    return await untilAborted(send(sender, question, purpose, seen), signal);
  } catch (error) {
    throw toStoreError({ ...purpose, ...seen, error, aborted: signal?.aborted === true });
  }
}

interface Seen {
  sent: boolean;
  status: number | undefined;
}

async function send(
  { client: { config }, place, traceId }: Sender,
  question: Question,
  { operation, kind = operation, call }: Purpose,
  seen: Seen,
): Promise<Answer> {
  const credentials = await config.credentials();
  const nowMs = Date.now() + config.systemClockOffset;
  const request = wireRequest(place, question, { credentials, nowMs, traceId });
  call?.signal?.throwIfAborted();
  seen.sent = true;
  call?.onRequest?.(kind);
  return exchange(config.requestHandler, request, call?.signal, (status, headers) => {
    seen.status = status;
    const date = call?.onDate && dateIn(headers);
    if (date !== undefined) call?.onDate?.(date);
  });
}
