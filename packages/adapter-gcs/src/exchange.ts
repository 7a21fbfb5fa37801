import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  request as requestHttp,
} from "node:http";
import { request as requestHttps } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A body whose length is in the headers. */
export type WireBody = readonly Uint8Array[] | AsyncIterable<Uint8Array>;

export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: WireBody;
  readonly agent: Agent | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface WireAnswer {
  /** Its body is unread. */
  readonly message: IncomingMessage;
  readonly request: ClientRequest;
}

/** Puts one request on the wire, once; follows nothing, unpacks nothing. */
export function exchange(wire: WireRequest): Promise<WireAnswer> {
  const { method, url, headers, body, agent, signal } = wire;
  return new Promise((resolve, reject) => {
    const open = url.startsWith("https:") ? requestHttps : requestHttp;
    const request = open(url, { method, headers, agent, signal });
    request.once("response", (message) => resolve({ message, request }));
    // Not once: a connection can fail again after its answer.
    request.on("error", reject);
    if (isList(body)) {
      request.cork();
      for (const bytes of body) request.write(bytes);
      request.end();
      return;
    }
    // A body that fails takes the request with it: its end was never sent.
    pipeline(Readable.from(body, { objectMode: false }), request).catch(reject);
  });
}

/** Reads an answer to its end; lets go of a request that was answered before it was sent to its end. */
export async function textOf({ message, request }: WireAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk);
  } finally {
    if (!request.writableFinished) request.destroy();
  }
  return Buffer.concat(chunks).toString("utf8");
}

function isList(body: WireBody): body is readonly Uint8Array[] {
  return Array.isArray(body);
}
