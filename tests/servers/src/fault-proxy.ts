import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import { PassThrough, pipeline, type Transform } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline as piped } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type SpokenAnswer, sendAnswer } from "./answering-server.js";
import { listen, stopListening } from "./loopback.js";
import { throttled } from "./throttled.js";

/** Whether the server had carried out the request. */
type Moment = "before" | "after";

/**
 * What goes wrong with one request on its way through a fault proxy.
 *
 * - `latency`: it is passed on later.
 * - `throttle`: body and answer trickle.
 * - `reset`: the client's connection is reset instead of an answer.
 * - `half-close`: the proxy ends its side of the connection instead of answering.
 * - `cut-request`: the server gets only the beginning of the body, then both connections are reset.
 * - `cut-answer`: the client gets the answer's head and the beginning of its body; an answer without a body
 *   is a reset.
 * - `weaken-etag`: it is passed on, and the answer's ETag becomes a weak one, as behind a proxy that compresses answers.
 * - `answer`: the client gets this answer instead of the server's.
 */
export type Fault =
  | { readonly kind: "latency"; readonly delayMs: number }
  | { readonly kind: "throttle"; readonly bytesPerSecond: number }
  | { readonly kind: "weaken-etag" }
  | { readonly kind: "reset"; readonly moment: Moment }
  | { readonly kind: "half-close"; readonly moment: Moment }
  | { readonly kind: "cut-request"; readonly afterBytes: number }
  | { readonly kind: "cut-answer"; readonly afterBytes: number }
  | { readonly kind: "answer"; readonly moment: Moment; readonly answer: SpokenAnswer };

/** A short name for tables: `reset-after`, `answer-503-before`. */
export function faultName(fault: Fault): string {
  if (fault.kind === "answer") {
    return `answer-${fault.answer.status ?? 200}-${fault.moment}`;
  }
  return "moment" in fault ? `${fault.kind}-${fault.moment}` : fault.kind;
}

export interface ProxiedRequest {
  readonly index: number;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
}

export interface FaultProxyOptions {
  readonly target: string;
  /** What goes wrong with a request; `undefined`: nothing. */
  readonly decide: (request: ProxiedRequest) => Fault | undefined;
}

export interface FaultProxy {
  readonly url: string;
  /** Requests by the `faultName` that befell them, `none` included. */
  readonly counts: ReadonlyMap<string, number>;
  readonly close: () => Promise<void>;
}

/**
 * An HTTP/1.1 proxy on loopback whose faults are chosen request by request. All headers go through as they
 * are, `Host` included, so signatures made for the proxy's address hold at the server behind. A server that
 * can't be reached is a reset.
 */
export async function startFaultProxy({ target, decide }: FaultProxyOptions): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const counts = new Map<string, number>();
  let index = 0;
  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "", headers } = incoming;
    const fault = decide({ index: index++, method, url, headers });
    const name = fault === undefined ? "none" : faultName(fault);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const exchange = { incoming, outgoing, agent, target: new URL(target) };
    // As proxies do.
    suffer(exchange, fault).catch(() => reset(exchange));
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    counts,
    close: () =>
      stopListening(server, () => {
        server.closeAllConnections();
        agent.destroy();
      }),
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly agent: Agent;
  readonly target: URL;
}

async function suffer(exchange: Exchange, fault: Fault | undefined): Promise<void> {
  switch (fault?.kind) {
    case undefined:
      return passOn(exchange);
    case "latency":
      await sleep(fault.delayMs);
      return passOn(exchange);
    case "throttle":
      return passOn(exchange, () => throttled(fault.bytesPerSecond));
    case "weaken-etag":
      return weakenETag(exchange);
    case "cut-request":
      return cutRequest(exchange, fault.afterBytes);
    case "cut-answer":
      return cutAnswer(exchange, fault.afterBytes);
    case "reset":
      if (fault.moment === "after") await carryOut(exchange);
      return reset(exchange);
    case "half-close":
      await (fault.moment === "after" ? carryOut(exchange) : swallow(exchange));
      exchange.outgoing.socket?.end();
      return;
    case "answer":
      await (fault.moment === "after" ? carryOut(exchange) : swallow(exchange));
      return sendAnswer(exchange.outgoing, fault.answer, exchange.incoming.method);
  }
}

async function passOn(
  exchange: Exchange,
  slow: () => Transform = () => new PassThrough(),
): Promise<void> {
  const answer = await send(exchange, slow());
  writeHead(exchange, answer);
  await piped(answer, slow(), exchange.outgoing);
}

async function weakenETag(exchange: Exchange): Promise<void> {
  const answer = await send(exchange);
  const { etag } = answer.headers;
  const { statusCode = 502, statusMessage, rawHeaders } = answer;
  const weaker = rawHeaders.map((text) =>
    text === etag ? `W/"${etag.replaceAll('"', "")}"` : text,
  );
  exchange.outgoing.writeHead(statusCode, statusMessage, endToEnd(weaker));
  await piped(answer, exchange.outgoing);
}

/** The server carries out the request, and its answer is discarded. */
async function carryOut(exchange: Exchange): Promise<void> {
  await buffer(await send(exchange));
}

async function swallow({ incoming }: Exchange): Promise<void> {
  await buffer(incoming);
}

async function cutRequest(exchange: Exchange, afterBytes: number): Promise<void> {
  const { incoming } = exchange;
  const upstream = openRequest(exchange);
  upstream.on("error", () => {}); // It is broken off on purpose.
  upstream.flushHeaders();
  let left = afterBytes;
  for await (const chunk of incoming) {
    const part: Buffer = chunk.subarray(0, left);
    left -= part.length;
    await new Promise((resolve) => upstream.write(part, resolve));
    if (left === 0) break;
  }
  upstream.destroy();
  reset(exchange);
}

async function cutAnswer(exchange: Exchange, afterBytes: number): Promise<void> {
  const answer = await send(exchange);
  const body = await buffer(answer);
  if (body.length === 0) return reset(exchange);
  writeHead(exchange, answer);
  const part = body.subarray(0, Math.min(afterBytes, body.length - 1));
  exchange.outgoing.flushHeaders();
  exchange.outgoing.write(part, () => reset(exchange));
  if (part.length === 0) reset(exchange);
}

function send(
  exchange: Exchange,
  through: Transform = new PassThrough(),
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const upstream = openRequest(exchange);
    upstream.once("response", resolve);
    upstream.once("error", reject);
    pipeline(exchange.incoming, through, upstream, (error) => {
      if (error) reject(error);
    });
  });
}

function openRequest({ incoming, agent, target }: Exchange) {
  const { hostname, port } = target;
  const { method, url: path } = incoming;
  return request({ hostname, port, method, path, agent, headers: endToEnd(incoming.rawHeaders) });
}

function writeHead({ outgoing }: Exchange, answer: IncomingMessage): void {
  const { statusCode = 502, statusMessage, rawHeaders } = answer;
  outgoing.writeHead(statusCode, statusMessage, endToEnd(rawHeaders));
}

/** Of this connection alone; `expect` has been answered here. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "expect"]);

/** Names and values in turn, as they came. */
function endToEnd(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => {
    const name = rawHeaders[index - (index % 2)] ?? "";
    return !HOP_BY_HOP.has(name.toLowerCase());
  });
}

function reset({ outgoing }: Exchange): void {
  outgoing.socket?.resetAndDestroy();
}
