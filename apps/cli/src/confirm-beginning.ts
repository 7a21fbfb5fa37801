import { parseEventId, type Scheduler } from "@keywhen/core";
import { EXIT, type ExitCode } from "./exit-codes.js";
import { eventNotFound } from "./not-found.js";
import type { Output } from "./output.js";
import { resolveId, wholeId } from "./resolve-id.js";
import { showInstant } from "./show-time.js";

export type Confirmed =
  | { readonly outcome: "confirmed"; readonly id: string }
  | { readonly outcome: "declined"; readonly exitCode: ExitCode };

/**
 * The id that a write is meant for. On a terminal the beginning of one will do, after a question; off a
 * terminal it must be whole.
 */
export async function confirmBeginning(
  output: Output,
  scheduler: Scheduler,
  text: string,
  { question, isSure }: { readonly question: string; readonly isSure: boolean },
): Promise<Confirmed> {
  if (!output.canAsk) return { outcome: "confirmed", id: wholeId(text) };
  const found = await resolveId(scheduler, text);
  if (found.outcome === "not-found") {
    return { outcome: "declined", exitCode: eventNotFound(output, text) };
  }
  const { id } = found;
  const isMeant =
    found.outcome === "whole" || isSure || (await output.ask(`${question} ${describe(id)}?`));
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
