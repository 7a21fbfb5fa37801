import { createHash } from "node:crypto";
import {
  answerDate,
  checkAddress,
  exchange,
  type NodeAnswer,
  type NodeRequest,
  type Purpose,
  socketsRead,
  textOf,
  untilAborted,
} from "@keywhen/adapter-kit";
import {
  answerError,
  checkAnswer,
  isErrorDocument,
  readXml,
  type S3OperationName,
  type Send,
  toStoreError,
} from "@keywhen/s3-protocol";
import type { Client } from "minio";
import { textIn } from "./answer-xml.js";
import { signRequest } from "./sign-request.js";
import { WIRE_REQUESTS, type WireRequest } from "./wire-requests.js";

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
  const signal = call?.signal;
  const options = await untilAborted(signing, signal);
  const [path = ""] = (options.path ?? "").split("?");
  checkAddress({ hostname: options.host ?? "", path }, { operation, ...place });
  seen.sent = true;
  call?.onRequest?.(kind);
  const sent = body instanceof Uint8Array ? [body] : body;
  const answer = await exchange({ options, body: sent, signal, transport: transportOf(client) });
  seen.status = answer.message.statusCode;
  const date = answerDate(answer.message.headers.date);
  if (date !== undefined) call?.onDate?.(date);
  await socketsRead();
  return readAnswer(request, answer, (status, text) =>
    checkAnswer(name, { status, text }, purpose),
  );
}

/** The transport that the user gave the client; `undefined` for Node's. */
function transportOf(client: Client): NodeRequest["transport"] {
  const transport: unknown = Reflect.get(client, "transport");
  return isTransport(transport) ? transport : undefined;
}

function isTransport(value: unknown): value is NonNullable<NodeRequest["transport"]> {
  return typeof Reflect.get(Object(value), "request") === "function";
}

async function readAnswer<Output>(
  { method, isObject = false, output }: WireRequest<Output>,
  answer: NodeAnswer,
  check: (status: number, text: string) => void,
): Promise<Output> {
  const { message } = answer;
  const { statusCode: status = 0 } = message;
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && isObject) {
    try {
      check(status, "");
    } catch (error) {
      message.destroy();
      throw error;
    }
    return output({ message, document: undefined });
  }
  const text = await textOf(answer);
  if (!isSuccess || isErrorDocument(text)) throw failureIn(text, method === "HEAD" ? status : 0);
  check(status, text);
  return output({ message, document: readXml(text) });
}

/** The answer to a HEAD has no body that could name the error. */
function failureIn(text: string, headStatus: number): Error {
  const document = isErrorDocument(text) ? readXml(text) : undefined;
  const code = textIn(document, "Code") || (headStatus === 404 ? "NotFound" : "Unknown");
  const message = textIn(document, "Message") || code;
  return answerError(code, message, textIn(document, "BucketName"));
}

function lengthOf(method: string, body: Uint8Array | object): Record<string, string> {
  if (!(body instanceof Uint8Array) || method === "GET" || method === "HEAD") return {};
  return { "content-length": `${body.byteLength}` };
}

function queryString(query: Readonly<Record<string, string | undefined>>): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  return pairs.map(([name, value = ""]) => `${name}=${escapeQuery(value)}`).join("&");
}

/** As the signature requires it. */
function escapeQuery(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}
