import type { IncomingMessage } from "node:http";
import { answerDate, type Purpose, socketsRead, untilAborted } from "@keywhen/adapter-kit";
import { ObjectStoreError } from "@keywhen/core/store";
import { exchange, textOf, type WireAnswer, type WireBody } from "./exchange.js";
import type { GcsConnection } from "./gcs-connection.js";
import { type JsonObject, parseObject } from "./json-fields.js";
import { toStoreError } from "./store-errors.js";

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
    const date = answerDate(answer.message.headers.date);
    if (date !== undefined) call?.onDate?.(date);
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

function seenOf(purpose: Purpose): Purpose & { readonly aborted: boolean } {
  return { ...purpose, aborted: purpose.call?.signal?.aborted === true };
}

async function headersOf(
  gcs: GcsConnection,
  { url, headers, isUnsigned }: GcsRequest,
  signal: AbortSignal | undefined,
): Promise<Record<string, string>> {
  const signed = isUnsigned ? {} : await untilAborted(gcs.authorization(url), signal);
  return { "user-agent": gcs.userAgent, ...signed, ...headers };
}
