import { AsyncLocalStorage } from "node:async_hooks";
import { BlobServiceClient, newPipeline, type PipelineLike } from "@azure/storage-blob";
import {
  answerDate,
  type Purpose,
  socketsRead,
  unconfirmed,
  untilAborted,
} from "@keywhen/adapter-kit";
import { KeywhenError } from "@keywhen/core";
import { lastingCredential } from "./credentials.js";
import { toStoreError } from "./store-errors.js";

/** Sends one request, reports it and the store's time, and throws an `ObjectStoreError`. */
export type Send = <Result>(
  purpose: Purpose,
  request: (service: BlobServiceClient, abort: Abort) => Promise<Result>,
) => Promise<Result>;

/** The caller's signal, as every method of the SDK takes it among its options. */
export interface Abort {
  readonly abortSignal?: AbortSignal;
}

/** What was observed of a request on the wire. */
interface Seen {
  readonly purpose: Purpose;
  sent: boolean;
  status: number | undefined;
  headers: WireHeaders | undefined;
}

interface WireHeaders {
  get(name: string): string | undefined;
}

interface WireAnswer {
  readonly status: number;
  readonly headers: WireHeaders;
}

/** The part of a policy of the SDK's pipeline that is used here. */
interface WirePolicy<Request> {
  readonly name: string;
  sendRequest<Answer extends WireAnswer>(
    request: Request,
    next: (request: Request) => Promise<Answer>,
  ): Promise<Answer>;
}

/** The SDK does not say to a policy which call a request belongs to. */
const underWay = new AsyncLocalStorage<Seen>();

/** Runs last before a request is sent, and first when its answer comes. */
const WATCH: WirePolicy<unknown> = {
  name: "keywhenWatch",
  async sendRequest(request, next) {
    const seen = underWay.getStore();
    if (seen === undefined) return next(request);
    const { call, operation, kind = operation } = seen.purpose;
    seen.sent = true;
    call?.onRequest?.(kind);
    const answer = await next(request);
    seen.status = answer.status;
    seen.headers = answer.headers;
    const date = answerDate(answer.headers.get("date"));
    if (date !== undefined) call?.onDate?.(date);
    await socketsRead();
    checkAnswer(seen.purpose, answer);
    return answer;
  },
};

/**
 * Throws `unexpected` for a 2xx that is not Azure's, such as a proxy's login page: each of Azure's answers has a request id.
 * 206 is never expected, because no request asks for a part of an object.
 */
function checkAnswer(purpose: Purpose, { status, headers }: WireAnswer): void {
  if (status < 200 || status > 299) return;
  if (!headers.get("x-ms-request-id")) throw unconfirmed(purpose, "it has no x-ms-request-id");
  if (status === 206) throw unconfirmed(purpose, `its status is ${status}`);
}

/**
 * A view of a client that sends each request once: the same address, credential, HTTP client and options, without retries.
 * Does not change the client.
 */
export function onceClient(client: BlobServiceClient): BlobServiceClient {
  const { options, factories } = pipelineOf(client);
  const retryOptions = "retryOptions" in options ? options.retryOptions : undefined;
  const once = newPipeline(lastingCredential(client.credential), {
    ...options,
    retryOptions: { ...(typeof retryOptions === "object" ? retryOptions : {}), maxTries: 1 },
  });
  once.factories.push(...factories);
  const view = new BlobServiceClient(client.url, once);
  watch(view);
  return view;
}

/** The pipeline is protected, but the SDK has no other way to make a client like another one. */
function pipelineOf(client: BlobServiceClient): PipelineLike {
  const pipeline: PipelineLike | undefined = Reflect.get(client, "pipeline");
  if (typeof pipeline?.options === "object" && Array.isArray(pipeline.factories)) return pipeline;
  throw unsupported();
}

/** All clients that the view makes share its pipeline. */
function watch(view: BlobServiceClient): void {
  const pipeline: unknown = Reflect.get(Reflect.get(view, "storageClientContext"), "pipeline");
  const add: unknown = Reflect.get(Object(pipeline), "addPolicy");
  if (typeof add !== "function") throw unsupported();
  add.call(pipeline, WATCH, { afterPhase: "Sign" });
}

function unsupported(): KeywhenError {
  const message =
    "azureStore: this version of @azure/storage-blob is not supported, because it has no pipeline as expected: install version 12";
  return new KeywhenError("invalid-option", message);
}

/** Sends through a view that `onceClient` made. */
export function sendThrough(view: BlobServiceClient): Send {
  return async (purpose, request) => {
    const { signal } = purpose.call ?? {};
    const abort = signal === undefined ? {} : { abortSignal: signal };
    const seen: Seen = { purpose, sent: false, status: undefined, headers: undefined };
    try {
      signal?.throwIfAborted();
      return await untilAborted(
        underWay.run(seen, () => request(view, abort)),
        signal,
      );
    } catch (error) {
      throw toStoreError({
        ...purpose,
        ...answerIn(seen),
        error,
        aborted: signal?.aborted === true,
      });
    }
  };
}

function answerIn({ sent, status, headers }: Seen) {
  const azureCode = headers?.get("x-ms-error-code");
  const sourceCode = headers?.get("x-ms-copy-source-error-code");
  return { sent, status, azureCode, sourceCode };
}
