import { createScheduler, type RescheduleResult, type When } from "@keywhen/core";
import { UsageError } from "@keywhen/host";
import type { WhenOptions } from "../commands/options.js";
import type { ExitCode } from "../exit-codes.js";
import type { PayloadOptions } from "../input/payload.js";
import { readMetadata } from "../input/read-metadata.js";
import { readWhen } from "../input/read-time.js";
import {
  eventClosed,
  missingEvent,
  type Outcome,
  type Problem,
  printOutcome,
  quoteId,
} from "../outcome.js";
import { showInstant } from "../output/show-time.js";
import { uploadPayload } from "../output/upload-payload.js";
import type { Session } from "../session.js";
import { type ChangeOptions, changeOne, isGroup } from "./change-events.js";
import { changeGroup } from "./change-group.js";
import type { GroupOptions } from "./group-options.js";

export interface RescheduleOptions
  extends WhenOptions,
    PayloadOptions,
    ChangeOptions,
    GroupOptions {
  readonly meta?: readonly string[] | undefined;
}

/** The work of `keywhen reschedule`. */
export async function rescheduleEvent(
  session: Session,
  options: RescheduleOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const { output } = session;
  const { dryRun = false } = options;
  const replaces = hasPayload(options);
  const when = await readTime(session, options);
  if (isGroup(text, options)) return rescheduleGroup(session, options, when);
  if (text === "") {
    throw new UsageError(
      "No event is given.",
      "Give its id, or a group: --delivery-id order-42, or --delivery-id 'order-42/*'.",
    );
  }
  const metadata = options.meta && readMetadata(options.meta);
  const source = createScheduler(await session.openSchedule(options));
  const replace = (id: string) =>
    uploadPayload(output, options, (content) =>
      source.reschedule(id, { ...when, ...content, metadata }, { signal: session.interruption() }),
    );
  const change = async (id: string) => {
    const result = await (when === undefined || replaces
      ? replace(id)
      : source.reschedule(id, when, { signal: session.interruption() }));
    return printOutcome(output, {
      json: { id, ...result, ...(dryRun && { dryRun }) },
      text: describe(result, { moves: when !== undefined, replaces }, dryRun),
      quiet: "id" in result ? result.id : undefined,
      problem: problemOf(id, result),
    });
  };
  const question = replaces ? "Replace the payload of" : "Move";
  const describeMissing = missingEvent;
  return changeOne(output, text, options, { source, describeMissing, question, changeOne: change });
}

/** Moves each event of a group. */
async function rescheduleGroup(
  session: Session,
  options: RescheduleOptions,
  when: When | undefined,
): Promise<ExitCode> {
  if (when === undefined || hasPayload(options)) {
    throw new UsageError(
      "A payload is given with --delivery-id.",
      "Leave the payload out, or replace it one event at a time: keywhen find lists their ids.",
    );
  }
  return changeGroup<MoveResult>(session, options, {
    question: "Move",
    verbs: ["Moved", "Would move"],
    outcomes: ["rescheduled", "not-found", "too-late", "undecided"],
    run: (scheduler, query, call) => scheduler.reschedule(query, when, call),
    problemOf,
    quietOf: (result) => (result.outcome === "rescheduled" ? result.id : undefined),
  });
}

/** An event that is due at the instant already is not found. */
type MoveResult = Exclude<RescheduleResult, { readonly outcome: "unchanged" }>;

/** A pipe alone is no payload: a job's standard input is one, too. */
function hasPayload({ file, body }: PayloadOptions): boolean {
  return file !== undefined || body !== undefined;
}

/** Returns `undefined` if only the payload changes. */
async function readTime(session: Session, options: RescheduleOptions): Promise<When | undefined> {
  const { at, in: span, type, meta } = options;
  const replaces = hasPayload(options);
  if (!replaces && (type !== undefined || meta !== undefined)) {
    const given = type === undefined ? "--meta" : "--type";
    throw new UsageError(
      `${given} is given without a payload.`,
      "Give the payload with --body or --file (- for the pipe), too.",
    );
  }
  if (at !== undefined || span !== undefined) return readWhen(options, session.times());
  if (replaces) return undefined;
  throw new UsageError(
    "Neither a time nor a payload is given.",
    "Give --at 2026-12-24T09:00+01:00, --in 10m, --body or --file.",
  );
}

interface Changes {
  readonly moves: boolean;
  readonly replaces: boolean;
}

function describe(
  result: RescheduleResult,
  { moves, replaces }: Changes,
  isDryRun: boolean,
): Outcome["text"] {
  if (result.outcome === "unchanged") {
    return `Unchanged, it is due then already: ${quoteId(result.id)}`;
  }
  if (result.outcome !== "rescheduled") return undefined;
  const verb = moves
    ? ["Moved", "Would move"]
    : ["Replaced the payload", "Would replace the payload"];
  const rest = moves ? `${replaces ? " with a new payload" : ""} to` : ", due";
  return () => `${verb[isDryRun ? 1 : 0]}${rest} ${showInstant(result.at)}: ${quoteId(result.id)}`;
}

function problemOf(id: string, result: RescheduleResult): Problem | undefined {
  switch (result.outcome) {
    case "rescheduled":
    case "unchanged":
      return undefined;
    case "not-found":
      return missingEvent(id);
    case "too-late":
      return eventClosed(id, result.closedAt);
    case "undecided":
      return {
        message: `undecided: both ${quoteId(id)} and ${quoteId(result.newId)} may wait, with one delivery id.`,
        hint: "Run the same command again to finish the move.",
      };
  }
}
