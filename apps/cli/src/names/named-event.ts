import type { CancelResult } from "@keywhen/core";
import { createNamedEvents } from "@keywhen/core/names";
import type { ExitCode } from "../exit-codes.js";
import { type Problem, printOutcome, quoteId } from "../outcome.js";
import { showInstant } from "../output/show-time.js";
import type { CommandSchedule, Session } from "../session.js";

export interface NameOptions {
  readonly name?: string | undefined;
  readonly search?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Finds the id of the event that waits under a name; prints that none does, and returns the exit code. */
export async function findNamed(
  session: Session,
  location: CommandSchedule,
  { name = "", search = false }: NameOptions,
): Promise<{ readonly id: string } | { readonly exitCode: ExitCode }> {
  const named = createNamedEvents(location);
  const event = await named.get(name, { search, signal: session.interruption() });
  if (event !== undefined) return { id: event.id };
  const json = { outcome: "not-found", name } as const;
  return { exitCode: await printOutcome(session.output, { json, problem: nothingWaits(name) }) };
}

/** The work of `keywhen cancel --name`. */
export async function cancelNamed(
  session: Session,
  { name = "", search = false, dryRun = false }: NameOptions,
): Promise<ExitCode> {
  const named = createNamedEvents(await session.openSchedule({ dryRun }));
  const result = await named.cancel(name, { search, signal: session.interruption() });
  return printOutcome(session.output, {
    json: { name, ...result, ...(dryRun && { dryRun }) },
    text: dryRun ? `Would cancel: ${name}.` : `Cancelled: ${name} will not be delivered.`,
    quiet: "id" in result ? result.id : undefined,
    problem: problemOf(name, result),
  });
}

function problemOf(name: string, result: CancelResult): Problem | undefined {
  switch (result.outcome) {
    case "cancelled":
      return undefined;
    case "not-found":
      return nothingWaits(name);
    case "too-late":
      return {
        message: `too late: the event of ${quoteId(name)} closed at ${showInstant(result.closedAt)}.`,
        hint: "It was not changed. If it still waits, the next sweep delivers it.",
      };
    case "undecided":
      return {
        message: `undecided: the store's answer for the name ${quoteId(name)} is missing or came too late.`,
        hint: "Run the same command again.",
      };
  }
}

function nothingWaits(name: string): Problem {
  return {
    message: `No event waits under the name ${quoteId(name)}.`,
    hint: "It was delivered or cancelled, or never put. If the object of the name was lost, run the command with --search.",
  };
}
