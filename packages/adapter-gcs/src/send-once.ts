import type { IncomingMessage } from "node:http";
import { socketsRead } from "@keywhen/adapter-kit";
import { ObjectStoreError, type StoreCall } from "@keywhen/core/store";
import { exchange, textOf, type WireAnswer, type WireBody } from "./exchange.js";
import type { GcsConnection } from "./gcs-connection.js";
import { type JsonObject, parseObject } from "./json-fields.js";
import type { Purpose } from "./purpose.js";
import { type FailedRequest, toStoreError } from "./store-errors.js";

export interface GcsRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: WireBody | undefined;
  /** The address is a secret of its own, as an upload session's. */
  readonly isUnsigned?: boolean | undefined;
}

/** An answer read to its end, whatever its status. */
export interface GcsAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  /** Undefined if it isn't a JSON object. */
  readonly json: JsonObject | undefined;
  /** The answer as the error that it is, or as senseless. */
  readonly refusal: () => ObjectStoreError;
}

/** Sends a request once and reads the answer. Throws an `ObjectStoreError` only if there is none. */
export async function ask(
  gcs: GcsConnection,
  request: GcsRequest,
  purpose: Purpose,
): Promise<GcsAnswer> {
  const answer = await open(gcs, request, purpose);
  return read(answer, purpose);
}

export async function read(answer: WireAnswer, purpose: Purpose): Promise<GcsAnswer> {
  const { statusCode: status = 0, headers } = answer.message;
  try {
    const text = await textOf(answer);
    const refusal = () => toStoreError({ ...seenOf(purpose), sent: true, status, text });
    return { status, headers, text, json: parseObject(text), refusal };
  } catch (error) {
    throw toStoreError({ ...seenOf(purpose), error, sent: true });
  }
}

/** Sends a request once and gives the answer with its body unread. */
export async function open(
  gcs: GcsConnection,
  request: GcsRequest,
  purpose: Purpose,
): Promise<WireAnswer> {
  const { call } = purpose;
  let sent = false;
  try {
    call?.signal?.throwIfAborted();
    const { method, url, body = [] } = request;
    checkAddress(url, purpose);
    const headers = await headersOf(gcs, request, call?.signal);
    sent = true;
    call?.onRequest?.(purpose.kind ?? purpose.operation);
    const wire = { method, url, headers, body, agent: gcs.agent, signal: call?.signal };
    const answer = await exchange(wire);
    tellDate(answer.message, call);
    await socketsRead();
    return answer;
  } catch (error) {
    throw toStoreError({ ...seenOf(purpose), error, sent });
  }
}

/** Throws `invalid-key` for an address whose path a URL library would rewrite, so that it names another object. */
function checkAddress(url: string, { operation, bucket, key }: Purpose): void {
  const { origin, pathname } = new URL(url);
  const [path = ""] = url.slice(url.indexOf("/", url.indexOf("//") + 2)).split("?");
  if (path === pathname) return;
  const message = `the request would go to ${origin}${pathname}, which is another object`;
  throw new ObjectStoreError({ code: "invalid-key", operation, bucket, key, message });
}

function seenOf(purpose: Purpose): Pick<FailedRequest, "purpose" | "aborted"> {
  return { purpose, aborted: purpose.call?.signal?.aborted === true };
}

async function headersOf(
  gcs: GcsConnection,
  { url, headers, isUnsigned }: GcsRequest,
  signal: AbortSignal | undefined,
): Promise<Record<string, string>> {
  const signed = isUnsigned ? {} : await unlessAborted(gcs.authorization(url), signal);
  return { "user-agent": gcs.userAgent, ...signed, ...headers };
}

function tellDate({ headers }: IncomingMessage, call: StoreCall | undefined): void {
  const date = new Date(headers.date ?? "");
  if (!Number.isNaN(date.getTime())) call?.onDate?.(date);
}

/** The auth library takes no signal. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const { promise, reject } = rejectable();
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function rejectable(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_, rejectIt) => {
    reject = rejectIt;
  });
  return { promise, reject };
}
