import { EXIT, type ExitCode } from "./exit-codes.js";
import type { Failure, Output, Printed } from "./output/output.js";
import { showInstant } from "./output/show-time.js";

/** What is wrong, and what to do. */
export type Problem = Omit<Failure, "code">;

/** The exit code of each outcome of the API. */
const EXIT_CODES = {
  cancelled: EXIT.done,
  created: EXIT.done,
  deleted: EXIT.done,
  dropped: EXIT.done,
  paused: EXIT.done,
  purged: EXIT.done,
  redriven: EXIT.done,
  replaced: EXIT.done,
  rescheduled: EXIT.done,
  resumed: EXIT.done,
  scheduled: EXIT.done,
  skipped: EXIT.done,
  triggered: EXIT.done,
  unchanged: EXIT.done,
  updated: EXIT.done,
  exists: EXIT.alreadyThere,
  "not-found": EXIT.notFound,
  ended: EXIT.tooLate,
  "in-use": EXIT.tooLate,
  "not-active": EXIT.tooLate,
  "too-late": EXIT.tooLate,
  undecided: EXIT.tooLate,
  waiting: EXIT.tooLate,
} as const satisfies Record<string, ExitCode>;

export interface Outcome {
  /** What `--json` prints, for every outcome. */
  readonly json: { readonly outcome: keyof typeof EXIT_CODES; readonly [name: string]: unknown };
  /** What is printed if there is no problem. */
  readonly text?: Printed["text"] | undefined;
  /** The same with `-q`. */
  readonly quiet?: string | undefined;
  /** Why it was not done, or may not have been done. */
  readonly problem?: Problem | undefined;
}

/** Prints the outcome of a change and returns its exit code. */
export async function printOutcome(
  output: Output,
  { json, text = "", quiet, problem }: Outcome,
): Promise<ExitCode> {
  if (output.isJson || problem === undefined) await output.printDone({ json, text, quiet });
  else output.failure({ code: json.outcome, ...problem });
  return EXIT_CODES[json.outcome];
}

/** Describes that no event, or no dead letter, has this id. */
export type DescribeMissing = (id: string) => Problem;

export function printMissing(
  output: Output,
  id: string,
  describe: DescribeMissing,
): Promise<ExitCode> {
  return printOutcome(output, { json: { outcome: "not-found", id }, problem: describe(id) });
}

export const missingEvent: DescribeMissing = (id) => ({
  message: `There is no waiting event with the id ${quoteId(id)}.`,
  hint: "It was delivered, cancelled or moved, or never scheduled. See keywhen list for waiting events, keywhen dead list for dead letters.",
});

export const missingLetter: DescribeMissing = (id) => ({
  message: `There is no dead letter with the id ${quoteId(id)}.`,
  hint: "It was redriven or purged, or was never dead-lettered. See keywhen dead list for those that are left.",
});

export function eventClosed(
  id: string,
  closedAt: Date,
  hint = "It was not changed. If it still waits, the next sweep delivers it.",
): Problem {
  return { message: `too late: ${quoteId(id)} closed at ${showInstant(closedAt)}.`, hint };
}

/** Ids contain `|`, which a shell reads as a pipe. They never contain a single quote. */
export function quoteId(id: string): string {
  return `'${id}'`;
}
