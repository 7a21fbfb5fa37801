import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listen, stopListening } from "./loopback.js";

export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export type Answer = "reset" | SpokenAnswer;

export interface SpokenAnswer {
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
  /** Waits before the first byte. */
  readonly delayMs?: number | undefined;
  /** Breaks the connection after so many bytes of the body. */
  readonly cutAfterBytes?: number | undefined;
}

export interface AnsweringServer {
  readonly endpoint: string;
  readonly requests: readonly RecordedRequest[];
  /** `METHOD /path?query` of each request. */
  readonly asked: () => string[];
  readonly forgetRequests: () => void;
  readonly connections: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Answers a whole request; requests are counted from 0. */
export type AnswerHandler = (request: RecordedRequest, index: number) => Answer | Promise<Answer>;

/** An HTTP server on loopback that answers what `handler` says, and records each request. */
export async function startAnsweringServer(handler: AnswerHandler): Promise<AnsweringServer> {
  const requests: RecordedRequest[] = [];
  let count = 0;
  const server = createServer(async (incoming, outgoing) => {
    const request = await record(incoming);
    requests.push(request);
    if (!incoming.complete) return; // The client went away.
    count += 1;
    await sendAnswer(outgoing, await handler(request, count - 1), request.method);
  });
  const port = await listen(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    asked: () => requests.map(({ method, url }) => `${method} ${url}`),
    forgetRequests: () => void requests.splice(0),
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    stop: () => stopListening(server, () => server.closeAllConnections()),
  };
}

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
  incoming.on("error", () => {}); // A client that breaks off is part of the tests.
  await new Promise<void>((resolve) => {
    incoming.once("end", resolve);
    incoming.once("close", resolve);
  });
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, value?.toString()]),
  );
  return {
    method: incoming.method ?? "",
    url: incoming.url ?? "",
    headers,
    body: Buffer.concat(chunks),
  };
}

/** @internal */
export async function sendAnswer(
  outgoing: ServerResponse,
  said: Answer,
  method: string | undefined,
): Promise<void> {
  if (said === "reset") {
    outgoing.socket?.resetAndDestroy();
    return;
  }
  if (said.delayMs !== undefined) await sleep(said.delayMs);
  const body = Buffer.from(said.body ?? "");
  // The test gives the length of a HEAD's answer.
  const length = method === "HEAD" ? {} : { "content-length": `${body.length}` };
  outgoing.writeHead(said.status ?? 200, { ...length, ...said.headers });
  if (said.cutAfterBytes === undefined) {
    outgoing.end(method === "HEAD" ? undefined : body);
    return;
  }
  outgoing.write(body.subarray(0, said.cutAfterBytes), () => outgoing.socket?.destroy());
  outgoing.flushHeaders();
}
