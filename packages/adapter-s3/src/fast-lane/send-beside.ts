import type { S3Client } from "@aws-sdk/client-s3";
import { untilAborted } from "@keywhen/core/adapter";
import { type Purpose, toStoreError } from "@keywhen/s3-protocol";
import { dateIn } from "../send-once.js";
import { type Answer, readAnswer } from "./answer.js";
import type { BucketPlace } from "./bucket-place.js";
import type { Question } from "./fast-operation.js";
import type { KeptCredentials } from "./kept-credentials.js";
import { wireRequest } from "./wire-request.js";

export interface Sender {
  readonly client: S3Client;
  readonly credentials: KeptCredentials;
  readonly place: BucketPlace;
  /** Lambda's trace. */
  readonly traceId: string | undefined;
}

/** Sends a question once, past the SDK's middleware, and gives whatever is answered. */
export async function sendBeside(
  { client: { config }, credentials: ask, place, traceId }: Sender,
  question: Question,
  purpose: Purpose,
): Promise<Answer> {
  const { operation, kind = operation, call } = purpose;
  const signal = call?.signal;
  let sent = false;
  let status: number | undefined;
  try {
    signal?.throwIfAborted();
    const asked = ask();
    const credentials = asked instanceof Promise ? await untilAborted(asked, signal) : asked;
    const nowMs = Date.now() + config.systemClockOffset;
    const request = wireRequest(place, question, { credentials, nowMs, traceId });
    signal?.throwIfAborted();
    sent = true;
    call?.onRequest?.(kind);
    const options = signal === undefined ? {} : { abortSignal: signal };
    const { response } = await config.requestHandler.handle(request, options);
    status = response.statusCode;
    const date = call?.onDate && dateIn(response.headers);
    if (date !== undefined) call?.onDate?.(date);
    const answer = readAnswer(response);
    return answer instanceof Promise ? await answer : answer;
  } catch (error) {
    throw toStoreError({ ...purpose, sent, status, error, aborted: signal?.aborted === true });
  }
}
