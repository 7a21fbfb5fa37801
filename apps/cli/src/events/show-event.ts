import type { EventDetails } from "@keywhen/core";
import { visibleLines } from "@keywhen/host";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { type DescribeMissing, printMissing } from "../outcome.js";
import type { Output } from "../output/output.js";
import { showCount } from "../output/show-size.js";
import { showInstant } from "../output/show-time.js";
import { ONE_ID } from "./change-events.js";
import { type EventSource, resolveId } from "./event-ids.js";

export interface ShowOptions {
  readonly body?: boolean | undefined;
}

export function withShowOptions(command: Command, id = "<id>"): Command {
  return command.argument(id, ONE_ID).option("--body", "print its payload and nothing else");
}

interface Shown<T extends EventDetails> {
  readonly source: EventSource<T>;
  readonly describe: (event: T) => string;
  readonly describeMissing: DescribeMissing;
  /** Shows an event of the past, by its whole id; returns `undefined` if nothing is known of it. */
  readonly showPast?: ((id: string) => Promise<ExitCode | undefined>) | undefined;
}

export async function showOne<T extends EventDetails>(
  output: Output,
  text: string,
  options: ShowOptions,
  { source, describe, describeMissing, showPast }: Shown<T>,
): Promise<ExitCode> {
  const found = await resolveId(source, text);
  if (found.outcome === "not-found") {
    const past = options.body ? undefined : await showPast?.(found.text);
    return past ?? printMissing(output, text, describeMissing);
  }
  if (options.body) {
    const body = await source.open(found.id);
    return body === undefined
      ? printMissing(output, found.id, describeMissing)
      : printBody(output, body);
  }
  const event = await source.get(found.id);
  if (event === undefined) {
    return (await showPast?.(found.id)) ?? printMissing(output, found.id, describeMissing);
  }
  await output.print({ json: event, text: describe(event), quiet: event.id });
  return EXIT.done;
}

/** `due Wed 25 Nov 2026, 09:00:00 Europe/Berlin · to reminders/42.json · 13 bytes, application/json · delivery id …`. */
export function describeEvent(event: EventDetails): string {
  const { at, to, size, contentType, deliveryId, expiresAt, metadata } = event;
  const bytes = size === 1 ? "1 byte" : `${showCount(size)} bytes`;
  const meta = Object.entries(metadata).map(([name, value]) => `${name}=${value}`);
  return [
    `due ${showInstant(at)}`,
    ...(expiresAt === undefined ? [] : [`expires ${showInstant(expiresAt)}`]),
    `to ${to.bucket}/${to.key}`,
    contentType === undefined ? bytes : `${bytes}, ${contentType}`,
    deliveryId === undefined ? "no delivery id" : `delivery id ${deliveryId}`,
    ...(meta.length > 0 ? [`metadata ${meta.join(", ")}`] : []),
  ].join(" · ");
}

/** Prints the bytes of a payload; on a terminal, its text with control characters escaped. */
async function printBody(output: Output, body: AsyncIterable<Uint8Array>): Promise<ExitCode> {
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
