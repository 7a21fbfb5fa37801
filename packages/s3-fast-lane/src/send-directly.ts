import type { S3Client } from "@aws-sdk/client-s3";
import { answerDate, type Purpose, socketsRead, untilAborted } from "@keywhen/adapter-kit";
import { type ReadAnswer, readAnswer, toStoreError } from "@keywhen/s3-protocol";
import type { BucketPlace } from "./bucket-place.js";
import type { KeptCredentials } from "./credentials.js";
import type { Question } from "./fast-operation.js";
import type { AgentOf } from "./sdk-client.js";
import { sendByAgent, sendByHandler } from "./send-signed.js";
import { signedRequest } from "./signed-request.js";

export interface Sender {
  readonly client: S3Client;
  readonly agentOf: AgentOf;
  readonly credentials: KeptCredentials;
  readonly place: BucketPlace;
  /** Lambda's trace. */
  readonly traceId: string | undefined;
}

/** Sends a question once, past the SDK's middleware, and gives whatever is answered. */
export async function sendDirectly(
  { client: { config }, agentOf, credentials: ask, place, traceId }: Sender,
  question: Question,
  purpose: Purpose,
): Promise<ReadAnswer> {
  const { operation, kind = operation, call } = purpose;
  const signal = call?.signal;
  let sent = false;
  let status: number | undefined;
  try {
    signal?.throwIfAborted();
    const asked = ask();
    const credentials = asked instanceof Promise ? await untilAborted(asked, signal) : asked;
    const nowMs = Date.now() + config.systemClockOffset;
    const request = signedRequest(place, question, { credentials, nowMs, traceId });
    await undefined; // requests of one round are all signed before the first is sent: see `socketsRead()`
    signal?.throwIfAborted();
    sent = true;
    call?.onRequest?.(kind);
    const { requestHandler: handler } = config;
    const agent = agentOf(handler, place.protocol);
    const head = await (agent === undefined
      ? sendByHandler(handler, place, request, signal)
      : sendByAgent(agent, place, request, signal));
    status = head.statusCode;
    const date = call?.onDate && answerDate(head.headers["date"]);
    if (date !== undefined) call?.onDate?.(date);
    await socketsRead();
    return await readAnswer(head);
  } catch (error) {
    throw toStoreError({ ...purpose, sent, status, error, aborted: signal?.aborted === true });
  }
}
