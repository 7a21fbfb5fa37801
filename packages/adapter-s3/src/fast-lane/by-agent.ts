import http, { type Agent, type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import { type Answer, type Exchange, type ResponseHead, readAnswer } from "./answer.js";
import type { BucketPlace } from "./bucket-place.js";
import type { SignedRequest } from "./signed-request.js";
import { canonicalQuery } from "./sigv4.js";

/** Sends a request by Node's client: what the SDK's own handler does besides takes half as much again. */
export async function sendByAgent(
  agent: Agent,
  { protocol, hostname, port }: BucketPlace,
  request: SignedRequest,
  { signal, onHead }: Exchange,
): Promise<Answer> {
  const { method, path, query, headers, body } = request;
  const search = canonicalQuery(query);
  const options = {
    agent,
    host: hostname.startsWith("[") ? hostname.slice(1, -1) : hostname, // of IPv6
    port,
    method,
    path: search === "" ? path : `${path}?${search}`,
    headers,
  };
  let sent: ClientRequest | undefined;
  const abort = () => void sent?.destroy(new Error("aborted"));
  signal?.addEventListener("abort", abort);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      sent = protocol === "https:" ? https.request(options) : http.request(options);
      sent.on("response", resolve).on("error", reject).end(body);
    });
    const head = headOf(response);
    onHead(head);
    return await readAnswer(head);
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

function headOf(response: IncomingMessage): ResponseHead {
  const { statusCode = 0, statusMessage, headers } = response;
  return { statusCode, reason: statusMessage, headers, body: response };
}
