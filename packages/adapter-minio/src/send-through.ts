import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { answerDate, type Purpose, socketsRead, untilAborted } from "@keywhen/adapter-kit";
import {
  answerError,
  checkAnswer,
  checkPlace,
  type S3OperationName,
  type Send,
  toStoreError,
} from "@keywhen/s3-protocol";
import type { Client } from "minio";
import { exchange, textIn } from "./exchange.js";
import { signRequest } from "./sign-request.js";
import { WIRE_REQUESTS, type WireRequest } from "./wire-requests.js";
import { rootOf, textOf } from "./xml.js";

/** Sends S3's requests over the client's connections, signed by the client. */
export function sendThrough(client: Client): Send {
  return async (name, input, purpose) => {
    const seen: Seen = { sent: false, status: undefined };
    const place = { bucket: input.Bucket, key: "Key" in input ? input.Key : undefined };
    try {
      return await sendOnce(client, WIRE_REQUESTS[name](input), { name, place, purpose, seen });
    } catch (error) {
      const aborted = purpose.call?.signal?.aborted === true;
      throw toStoreError({ ...purpose, ...seen, error, aborted });
    }
  };
}

interface Seen {
  sent: boolean;
  status: number | undefined;
}

interface Sending {
  readonly name: S3OperationName;
  readonly place: { readonly bucket: string; readonly key: string | undefined };
  readonly purpose: Purpose;
  readonly seen: Seen;
}

async function sendOnce<Output>(
  client: Client,
  request: WireRequest<Output>,
  { name, place, purpose, seen }: Sending,
): Promise<Output> {
  const { operation, kind = operation, call } = purpose;
  const { method, body = new Uint8Array() } = request;
  call?.signal?.throwIfAborted();
  const signing = signRequest(client, {
    method,
    ...place,
    query: queryString(request.query ?? {}),
    headers: { ...request.headers, ...lengthOf(method, body) },
    sha256: body instanceof Uint8Array ? sha256(body) : undefined,
  });
  // The client may have to fetch its credentials first.
  const options = await untilAborted(signing, call?.signal);
  const [path = ""] = (options.path ?? "").split("?");
  checkPlace({ hostname: options.host ?? "", path }, { operation, ...place });
  seen.sent = true;
  call?.onRequest?.(kind);
  const message = await exchange(client, { options, body, signal: call?.signal });
  seen.status = message.statusCode;
  const date = answerDate(message.headers.date);
  if (date !== undefined) call?.onDate?.(date);
  await socketsRead();
  return readAnswer(request, message, (status, text) =>
    checkAnswer(name, { status, text, isReadByName: true }, purpose),
  );
}

async function readAnswer<Output>(
  { method, isObject = false, output }: WireRequest<Output>,
  message: IncomingMessage,
  check: (status: number, text: string) => void,
): Promise<Output> {
  const { statusCode: status = 0 } = message;
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && isObject) {
    try {
      check(status, "");
    } catch (error) {
      message.destroy();
      throw error;
    }
    return output({ message, xml: "" });
  }
  const xml = await textIn(message);
  // S3 can answer 200 and tell of a failure in the body.
  if (!isSuccess || rootOf(xml) === "Error") throw failureIn(xml, method === "HEAD" ? status : 0);
  check(status, xml);
  return output({ message, xml });
}

/** The answer to a HEAD has no body that could name what went wrong. */
function failureIn(xml: string, headStatus: number): Error {
  const isNamed = rootOf(xml) === "Error";
  const code = (isNamed && textOf(xml, "Code")) || (headStatus === 404 ? "NotFound" : "Unknown");
  const message = isNamed ? textOf(xml, "Message") : undefined;
  const bucket = isNamed ? textOf(xml, "BucketName") : undefined;
  return answerError(code, message || code, bucket);
}

function lengthOf(method: string, body: Uint8Array | object): Record<string, string> {
  if (!(body instanceof Uint8Array) || method === "GET" || method === "HEAD") return {};
  return { "content-length": `${body.byteLength}` };
}

function queryString(query: Readonly<Record<string, string | undefined>>): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  return pairs.map(([name, value = ""]) => `${name}=${escapeQuery(value)}`).join("&");
}

/** As the signature wants it. */
function escapeQuery(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}
