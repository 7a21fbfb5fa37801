import type { ClientRequest, IncomingMessage, request } from "node:http";
import http from "node:http";
import https, { type RequestOptions } from "node:https";
import { pipeline, type Readable } from "node:stream";
import type { Client } from "minio";

export interface Exchange {
  readonly options: RequestOptions;
  readonly body: Uint8Array | Readable;
  readonly signal: AbortSignal | undefined;
}

/** Sends a signed request once and gives the head of its answer. The signal ends the body of the answer, too. */
export function exchange(
  client: Client,
  { options, body, signal }: Exchange,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sending: ClientRequest = requestOf(client, options)(options, resolve);
    // After the answer has begun its own stream tells what goes wrong.
    sending.on("error", reject);
    const stop = () => sending.destroy(new Error("aborted", { cause: signal?.reason }));
    signal?.addEventListener("abort", stop, { once: true });
    sending.once("close", () => signal?.removeEventListener("abort", stop));
    if (body instanceof Uint8Array) sending.end(body);
    else pipeline(body, sending, (error) => error && reject(error));
  });
}

/** The client's transport: one of the user's own, or Node's. */
function requestOf(client: Client, { protocol }: RequestOptions): typeof request {
  const transport: unknown = Reflect.get(client, "transport");
  if (typeof transport === "object" && transport !== null && "request" in transport) {
    const { request: own } = transport;
    if (typeof own === "function") return own.bind(transport);
  }
  return protocol === "http:" ? http.request : https.request;
}

/** All of an answer's body, as text. */
export async function textIn(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
