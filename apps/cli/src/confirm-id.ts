import { parseEventId } from "@keywhen/core";
import type { EventSource } from "./event-source.js";
import { EXIT, type ExitCode } from "./exit-codes.js";
import type { SayNotFound } from "./not-found.js";
import type { Output } from "./output.js";
import { resolveId, wholeId } from "./resolve-id.js";
import { showInstant } from "./show-time.js";

export type Confirmed =
  | { readonly outcome: "confirmed"; readonly id: string }
  | { readonly outcome: "declined"; readonly exitCode: ExitCode };

export interface Confirmation {
  readonly source: EventSource;
  readonly sayNotFound: SayNotFound;
  /** The verb: "Cancel". */
  readonly question: string;
  /** Nothing is asked. */
  readonly isSure: boolean;
  /** Asks for a whole id, too: what is done can't be undone. */
  readonly alwaysAsk?: boolean | undefined;
}

/**
 * The id that a write is meant for. On a terminal the unique beginning of one is enough, after a question. Without a
 * terminal it must be whole, with `-y` as well: a forgotten quote makes a pipe of the rest.
 */
export async function confirmId(
  output: Output,
  text: string,
  { source, sayNotFound, question, isSure, alwaysAsk = false }: Confirmation,
): Promise<Confirmed> {
  if (!output.canAsk) return { outcome: "confirmed", id: wholeId(text) };
  const found = await resolveId(source, text);
  if (found.outcome === "not-found") {
    return { outcome: "declined", exitCode: await sayNotFound(output, text) };
  }
  const { id } = found;
  const isClear = isSure || (found.outcome === "whole" && !alwaysAsk);
  const isMeant = isClear || (await output.ask(`${question} ${describe(id)}?`));
  if (isMeant) return { outcome: "confirmed", id };
  output.note("Nothing changed.");
  return { outcome: "declined", exitCode: EXIT.done };
}

function describe(id: string): string {
  const event = parseEventId(id);
  return event === undefined
    ? id
    : `${event.to.bucket}/${event.to.key}, due ${showInstant(event.at)}`;
}
