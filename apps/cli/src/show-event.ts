import type { EventDetails } from "@keywhen/core";
import { visibleLines } from "@keywhen/host";
import type { EventSource } from "./event-source.js";
import { EXIT, type ExitCode } from "./exit-codes.js";
import type { SayNotFound } from "./not-found.js";
import type { Output } from "./output.js";
import { showCount } from "./show-size.js";
import { showInstant } from "./show-time.js";

/** `due Wed 25 Nov 2026, 09:00:00 Europe/Berlin · to reminders/42.json · 13 bytes, application/json · delivery id …`. */
export function describeEvent(event: EventDetails): string {
  const { at, to, size, contentType, deliveryId, metadata } = event;
  const bytes = size === 1 ? "1 byte" : `${showCount(size)} bytes`;
  const meta = Object.entries(metadata).map(([name, value]) => `${name}=${value}`);
  return [
    `due ${showInstant(at)}`,
    `to ${to.bucket}/${to.key}`,
    contentType === undefined ? bytes : `${bytes}, ${contentType}`,
    deliveryId === undefined ? "no delivery id" : `delivery id ${deliveryId}`,
    ...(meta.length > 0 ? [`metadata ${meta.join(", ")}`] : []),
  ].join(" · ");
}

/** Prints an event's payload and nothing else: its bytes, or on a terminal what can be shown of them. */
export async function printBody(
  output: Output,
  source: EventSource,
  id: string,
  sayNotFound: SayNotFound,
): Promise<ExitCode> {
  const body = await source.open(id);
  if (body === undefined) return sayNotFound(output, id);
  for await (const chunk of output.isTerminal ? visibleBody(body) : body) {
    await output.bytes(chunk);
    if (output.isClosed) break;
  }
  return EXIT.done;
}

async function* visibleBody(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const decoder = new TextDecoder();
  const shown = (text: string) => Buffer.from(visibleLines(text));
  for await (const chunk of body) yield shown(decoder.decode(chunk, { stream: true }));
  yield shown(decoder.decode());
}
