import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https, { type RequestOptions } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A request for Node's client. */
export interface NodeRequest {
  readonly options: RequestOptions;
  /** A body whose length is in the headers. */
  readonly body: readonly Uint8Array[] | AsyncIterable<Uint8Array>;
  /** Ends the body of the answer, too. */
  readonly signal: AbortSignal | undefined;
  /** @default that of `node:http` or `node:https`, by the protocol */
  readonly transport?: { readonly request: typeof http.request } | undefined;
}

export interface NodeAnswer {
  /** Its body is unread. */
  readonly message: IncomingMessage;
  readonly request: ClientRequest;
}

/** Sends one request once. Follows no redirect, unpacks nothing. */
export function exchange({ options, body, signal, transport }: NodeRequest): Promise<NodeAnswer> {
  return new Promise((resolve, reject) => {
    const sender = transport ?? (options.protocol === "http:" ? http : https);
    const request = sender.request(options, (message) => resolve({ message, request }));
    // Not once: a connection can fail again after its answer.
    request.on("error", reject);
    const stop = () => request.destroy(new Error("aborted", { cause: signal?.reason }));
    signal?.addEventListener("abort", stop, { once: true });
    request.once("close", () => signal?.removeEventListener("abort", stop));
    if (Symbol.asyncIterator in body) {
      // A body that fails destroys the request: its end was never sent.
      pipeline(Readable.from(body, { objectMode: false }), request).catch(reject);
      return;
    }
    request.cork();
    for (const bytes of body) request.write(bytes);
    request.end();
  });
}

/** Reads an answer to its end. Destroys a request that was answered before all of it was sent. */
export async function textOf({ message, request }: NodeAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk);
  } finally {
    if (!request.writableFinished) request.destroy();
  }
  return Buffer.concat(chunks).toString("utf8");
}
