import type { IncomingMessage } from "node:http";
import { urlToHttpOptions } from "node:url";
import {
  answerDate,
  exchange,
  type NodeAnswer,
  type NodeRequest,
  type Purpose,
  socketsRead,
  textOf,
  untilAborted,
} from "@keywhen/adapter-kit";
import type { ObjectStoreError } from "@keywhen/core/store";
import type { GcsConnection } from "./gcs-connection.js";
import { type JsonObject, parseObject } from "./json-fields.js";
import { toStoreError } from "./store-errors.js";

export interface GcsRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: NodeRequest["body"] | undefined;
  /** The address itself is a secret, as that of an upload session. */
  readonly isUnsigned?: boolean | undefined;
}

/** An answer of any status, read to its end. */
export interface GcsAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  /** Undefined if the body is not a JSON object. */
  readonly json: JsonObject | undefined;
  /** The error of this answer, or of an answer that confirms nothing. */
  readonly refusal: () => ObjectStoreError;
}

/** Sends a request once and reads the answer. Throws an `ObjectStoreError` only if no answer comes. */
export async function ask(
  gcs: GcsConnection,
  request: GcsRequest,
  purpose: Purpose,
): Promise<GcsAnswer> {
  const answer = await open(gcs, request, purpose);
  return read(answer, purpose);
}

export async function read(answer: NodeAnswer, purpose: Purpose): Promise<GcsAnswer> {
  const { statusCode: status = 0, headers } = answer.message;
  try {
    const text = await textOf(answer);
    const refusal = () => toStoreError({ ...seenOf(purpose), sent: true, status, text });
    return { status, headers, text, json: parseObject(text), refusal };
  } catch (error) {
    throw toStoreError({ ...seenOf(purpose), error, sent: true });
  }
}

/** Sends a request once and returns the answer with its body unread. */
export async function open(
  gcs: GcsConnection,
  request: GcsRequest,
  purpose: Purpose,
): Promise<NodeAnswer> {
  const { call } = purpose;
  let sent = false;
  try {
    call?.signal?.throwIfAborted();
    const { method, url, body = [] } = request;
    const headers = await headersOf(gcs, request, call?.signal);
    sent = true;
    call?.onRequest?.(purpose.kind ?? purpose.operation);
    const options = { ...urlToHttpOptions(new URL(url)), method, headers, agent: gcs.agent };
    const answer = await exchange({ options, body, signal: call?.signal });
    const date = answerDate(answer.message.headers.date);
    if (date !== undefined) call?.onDate?.(date);
    await socketsRead();
    return answer;
  } catch (error) {
    throw toStoreError({ ...seenOf(purpose), error, sent });
  }
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
