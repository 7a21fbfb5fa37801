import http, { type Agent, type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import type { S3Client } from "@aws-sdk/client-s3";
import { answerDate, type Purpose, socketsRead, untilAborted } from "@keywhen/adapter-kit";
import { type ReadAnswer, type ResponseHead, readAnswer, toStoreError } from "@keywhen/s3-protocol";
import type { BucketPlace } from "./bucket-place.js";
import type { KeptCredentials } from "./credentials.js";
import type { Question } from "./fast-operation.js";
import type { AgentOf, RequestHandler } from "./sdk-client.js";
import { type SignedRequest, signedRequest } from "./signed-request.js";
import { canonicalQuery } from "./sigv4.js";

export interface Sender {
  readonly client: S3Client;
  readonly agentOf: AgentOf;
  readonly credentials: KeptCredentials;
  readonly place: BucketPlace;
  readonly traceId: string | undefined;
}

/** Sends a request once, past the SDK's middleware, and returns the answer, of any status. */
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

function sendByAgent(
  agent: Agent,
  { protocol, hostname, port }: BucketPlace,
  { method, path, query, headers, body }: SignedRequest,
  signal: AbortSignal | undefined,
): Promise<ResponseHead> {
  const search = canonicalQuery(query);
  const options = {
    agent,
    host: hostname.replace(/[[\]]/g, ""), // of an IPv6 address
    port,
    method,
    path: search === "" ? path : `${path}?${search}`,
    headers,
  };
  return new Promise((resolve, reject) => {
    const sent = protocol === "https:" ? https.request(options) : http.request(options);
    sent.on("response", (response) => resolve(headOf(response)));
    sent.on("error", reject);
    if (signal !== undefined) abortBy(signal, sent);
    sent.end(body);
  });
}

function abortBy(signal: AbortSignal, sent: ClientRequest): void {
  const abort = () => void sent.destroy(new Error("aborted"));
  signal.addEventListener("abort", abort);
  sent.on("close", () => signal.removeEventListener("abort", abort));
}

function headOf(response: IncomingMessage): ResponseHead {
  const { statusCode = 0, headers } = response;
  return { statusCode, headers, body: response };
}

/** Sends a request by any handler, which gets the same request as from the SDK. */
async function sendByHandler(
  handler: RequestHandler,
  { protocol, hostname, port, prototype }: BucketPlace,
  request: SignedRequest,
  signal: AbortSignal | undefined,
): Promise<ResponseHead> {
  const place = { protocol, hostname, port };
  const { response } = await handler.handle(
    Object.assign(Object.create(prototype), place, request),
    signal === undefined ? {} : { abortSignal: signal },
  );
  return response;
}
