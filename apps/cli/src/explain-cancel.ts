import { type CancelResult, parseEventId } from "@keywhen/core";
import { eventNotFound } from "./not-found.js";
import type { Output } from "./output.js";
import { quoteId } from "./show-id.js";
import { eventTooLate } from "./too-late.js";

/** How a cancel was asked for, and when. */
interface Asked {
  readonly nowMs: number;
  readonly overdue: boolean;
}

/** Says why an event is not certainly cancelled, and what to do. */
export async function explainCancel(
  output: Output,
  id: string,
  result: CancelResult,
  asked: Asked,
): Promise<void> {
  switch (result.outcome) {
    case "cancelled":
      break;
    case "not-found":
      await eventNotFound(output, id);
      break;
    case "too-late":
      if (asked.overdue) beingDelivered(output, id);
      else eventTooLate(output, id, result.closedAt, hintIfOverdue(id, asked));
      break;
    case "undecided":
      if (result.error === undefined && asked.overdue && isDue(id, asked)) {
        perhapsDelivered(output, id);
      } else unanswered(output, id);
  }
}

function hintIfOverdue(id: string, asked: Asked): string | undefined {
  if (!isDue(id, asked)) return undefined;
  return `It is left alone: if it still waits, the next sweep delivers it. If no sweeper runs, keywhen cancel --overdue ${quoteId(id)} takes it back.`;
}

function isDue(id: string, { nowMs }: Asked): boolean {
  const at = parseEventId(id)?.at;
  return at !== undefined && at.getTime() <= nowMs;
}

function beingDelivered(output: Output, id: string): void {
  output.failure({
    code: "too-late",
    message: `too late: a sweeper is at work, or has delivered ${quoteId(id)}.`,
    hint: "keywhen show tells whether it still waits; with all sweepers stopped, try again.",
  });
}

function perhapsDelivered(output: Output, id: string): void {
  output.failure({
    code: "undecided",
    message: `undecided: ${quoteId(id)} will not be delivered from now on, but a sweep had tried it: it may have been delivered and taken from its target.`,
    hint: "Ask what reads the target.",
  });
}

function unanswered(output: Output, id: string): void {
  output.failure({
    code: "undecided",
    message: `undecided: the store's answer for ${quoteId(id)} is missing or came too late.`,
    hint: "It may or may not be delivered; keywhen show tells whether it still waits.",
  });
}
