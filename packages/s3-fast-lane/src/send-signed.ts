import http, { type Agent, type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import type { ResponseHead } from "@keywhen/s3-protocol";
import type { BucketPlace } from "./bucket-place.js";
import type { RequestHandler } from "./sdk-client.js";
import type { SignedRequest } from "./signed-request.js";
import { canonicalQuery } from "./sigv4.js";

/** Sends a request by Node's client. */
export function sendByAgent(
  agent: Agent,
  { protocol, hostname, port }: BucketPlace,
  { method, path, query, headers, body }: SignedRequest,
  signal: AbortSignal | undefined,
): Promise<ResponseHead> {
  const search = canonicalQuery(query);
  const options = {
    agent,
    host: hostname.replace(/[[\]]/g, ""), // about an address of IPv6
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

/** Sends a request by a handler of whatever kind, which is given what the SDK would give it. */
export async function sendByHandler(
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
