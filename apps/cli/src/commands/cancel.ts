import { type CancelResult, createScheduler, parseEventId } from "@keywhen/core";
import { systemClock } from "@keywhen/core/internal";
import type { Command } from "commander";
import {
  type ChangeOptions,
  changeEvents,
  isGroup,
  ONE_OR_MORE_IDS,
  withChangeOptions,
} from "../events/change-events.js";
import { targetOf } from "../events/event-ids.js";
import { type GroupOptions, withGroupOptions } from "../events/group-options.js";
import type { ExitCode } from "../exit-codes.js";
import { isNamed, withNameOptions } from "../names/name-options.js";
import type { NameOptions } from "../names/named-event.js";
import { eventClosed, missingEvent, type Problem, printOutcome, quoteId } from "../outcome.js";
import { act, type Session } from "../session.js";

const work = () => import("./delivery.js"); // few verbs need it

interface CancelOptions extends ChangeOptions, NameOptions, GroupOptions {
  readonly overdue?: boolean | undefined;
}

const EXAMPLES = `Examples:
  keywhen cancel '2026-11-25T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap'
  keywhen list --ids --to 'reminders/*' | keywhen cancel -
  keywhen cancel --name inactive/42
  keywhen cancel --delivery-id 'order-42/*'
  keywhen list --ids --until +0s | keywhen cancel --overdue -      (while no sweeper runs)
`;

export function addCancel(program: Command): Command {
  const command = withGroupOptions(withNameOptions(program.command("cancel")))
    .summary("cancel an event, or a group")
    .description("Cancels events that have not been delivered.")
    .addHelpText("before", EXAMPLES)
    .option("--overdue", "cancel it even if it is due, while no sweeper runs");
  return withChangeOptions(
    command,
    ONE_OR_MORE_IDS,
    "only show what would be cancelled",
    "[id]",
  ).action(act(cancel));
}

async function cancel(
  session: Session,
  options: CancelOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const { output } = session;
  const { overdue = false, dryRun = false } = options;
  if (isGroup(text, options)) return cancelGroup(session, options);
  if (isNamed(text, options)) return (await work()).cancelNamed(session, options);
  const source = createScheduler(await session.openSchedule(options));
  const changeOne = async (id: string) => {
    const result = await source.cancel(id, { signal: session.interruption(), overdue });
    const target = targetOf(id);
    return printOutcome(output, {
      json: { ...result, id, ...(dryRun && { dryRun }) },
      text: dryRun ? `Would cancel: ${target}.` : `Cancelled: ${target} will not be delivered.`,
      problem: problemOf(id, result, overdue),
    });
  };
  const change = { source, describeMissing: missingEvent, question: "Cancel", changeOne };
  // Overdue events are cancelled under the lease, which one call at a time can hold.
  return changeEvents(output, text, options, change, overdue ? 1 : undefined);
}

async function cancelGroup(session: Session, options: CancelOptions): Promise<ExitCode> {
  const { overdue = false } = options;
  return (await work()).changeGroup<CancelResult>(session, options, {
    question: "Cancel",
    verbs: ["Cancelled", "Would cancel"],
    outcomes: ["cancelled", "not-found", "too-late", "undecided"],
    run: (scheduler, query, call) => scheduler.cancel(query, { ...call, overdue }),
    problemOf: (id, result) => problemOf(id, result, overdue),
  });
}

/** Why an event is not certainly cancelled, and what to do. */
function problemOf(id: string, result: CancelResult, isOverdue: boolean): Problem | undefined {
  switch (result.outcome) {
    case "cancelled":
      return undefined;
    case "not-found":
      return missingEvent(id);
    case "too-late":
      return isOverdue ? BEING_DELIVERED(id) : eventClosed(id, result.closedAt, overdueHint(id));
    case "undecided":
      return result.error === undefined && isOverdue && isDue(id)
        ? PERHAPS_DELIVERED(id)
        : UNANSWERED(id);
  }
}

function overdueHint(id: string): string | undefined {
  if (!isDue(id)) return undefined;
  return `It was not changed. If it still waits, the next sweep delivers it. If no sweeper runs, run keywhen cancel --overdue ${quoteId(id)}.`;
}

function isDue(id: string): boolean {
  const at = parseEventId(id)?.at;
  return at !== undefined && at.getTime() <= systemClock.now();
}

const BEING_DELIVERED = (id: string): Problem => ({
  message: `too late: a sweeper is at work, or has delivered ${quoteId(id)}.`,
  hint: "Run keywhen show to see whether it still waits. If it does, stop all sweepers and try again.",
});

const PERHAPS_DELIVERED = (id: string): Problem => ({
  message: `undecided: ${quoteId(id)} will not be delivered from now on, but a sweep had tried it: it may have been delivered and then removed from its target.`,
  hint: "Check the consumer that reads the target.",
});

const UNANSWERED = (id: string): Problem => ({
  message: `undecided: the store's answer for ${quoteId(id)} is missing or came too late.`,
  hint: "Run keywhen show to see whether it still waits.",
});
