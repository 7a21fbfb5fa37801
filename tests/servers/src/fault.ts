import type { SpokenAnswer } from "./answering-server.js";

/** Whether the request had reached the server, and been carried out, when things went wrong. */
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
 * - `answer`: the client gets this answer, whatever the server's was.
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
