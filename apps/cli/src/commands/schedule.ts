import {
  createScheduler,
  hasCode,
  parseEventId,
  ScheduleError,
  type ScheduleResult,
} from "@keywhen/core";
import { systemClock } from "@keywhen/core/internal";
import { isStoreError } from "@keywhen/core/store";
import { UsageError } from "@keywhen/host";
import type { Command } from "commander";
import type { ExitCode } from "../exit-codes.js";
import type { PayloadOptions } from "../input/payload.js";
import { readMetadata } from "../input/read-metadata.js";
import { readShardNumber } from "../input/read-numbers.js";
import { readTarget } from "../input/read-target.js";
import { isSpanFromNow, readWhen } from "../input/read-time.js";
import { type Problem, printOutcome, quoteId } from "../outcome.js";
import { showDistance, showInstant } from "../output/show-time.js";
import { act, type Session } from "../session.js";
import {
  type NewEventOptions,
  readDeliveryTime,
  withNewEventOptions,
  withPayloadOptions,
} from "./options.js";

interface ScheduleOptions extends PayloadOptions, NewEventOptions {
  readonly meta?: readonly string[] | undefined;
  readonly deliveryId?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

const EXAMPLES = `Examples:
  keywhen schedule --in 10m --to reminders/42.json --body '{"userId":42}'
  keywhen schedule --at 'tomorrow 9am' --to reports/daily.pdf --file daily.pdf
  pg_dump shop | keywhen schedule --in 1d --to backups/shop.sql --type application/sql
`;

export function addSchedule(program: Command): Command {
  const command = program
    .command("schedule")
    .summary("store an event that is delivered when it is due")
    .description("Stores an event. A sweep delivers it to its target when it is due.")
    .addHelpText("before", EXAMPLES);
  const body = "its payload is this text (default: the content of the pipe)";
  return withPayloadOptions(withNewEventOptions(command), body)
    .option(
      "--delivery-id <id>",
      "its delivery id, with a fixed --at: scheduling the same again changes nothing",
    )
    .option("-n, --dry-run", "check everything, store nothing")
    .action(act(schedule));
}

async function schedule(session: Session, options: ScheduleOptions): Promise<ExitCode> {
  const { output } = session;
  const { deliveryId, dryRun = false } = options;
  if (deliveryId !== undefined && isSpanFromNow(options)) throw needsFixedTime();
  const when = await readWhen(options, session.times());
  const to = readTarget(options.to);
  const metadata = readMetadata(options.meta ?? []);
  const deliveryTime = readDeliveryTime(options);
  const home = await session.openSchedule({ ...options, mayBeMissing: true });
  const scheduler = createScheduler({ ...home, shards: shardsOf(session.env["KEYWHEN_SHARDS"]) });
  const { uploadPayload } = await import("../output/upload-payload.js"); // few verbs need it
  const scheduled = await uploadPayload(output, options, (content) => {
    const event = { ...when, to, ...content, metadata, deliveryId, ...deliveryTime };
    return scheduler.schedule(event, { signal: session.interruption() }).catch((error) => {
      throw needsLength(error, event) ?? error;
    });
  }).catch(asOutcome);
  const exitCode = await printOutcome(output, {
    json: { ...scheduled, ...(dryRun && { dryRun }) },
    text: () => describe(scheduled, dryRun),
    quiet: scheduled.id,
    problem: problemOf(scheduled),
  });
  if (scheduled.outcome === "scheduled") warnOfPast(session, scheduled);
  return exitCode;
}

/** The number of shards that this writer uses, or `map` to read it from the shard map. */
export function shardsOf(text: string | undefined): number | "map" | undefined {
  if (text === undefined || text === "") return undefined;
  return text === "map" ? text : readShardNumber(text);
}

/** For a store that can't put a stream under a condition. */
function needsLength(
  error: unknown,
  event: { readonly deliveryId: string | undefined; readonly size: number | undefined },
): UsageError | undefined {
  const isStream = event.deliveryId !== undefined && event.size === undefined;
  if (!isStream || !hasCode(error, "not-supported")) return undefined;
  return new UsageError(
    "With --delivery-id this store needs the length of the payload, which a long pipe doesn't have.",
    "Write it into a file and give --file.",
    error,
  );
}

function needsFixedTime(): UsageError {
  return new UsageError(
    "--delivery-id needs a fixed time: with a span from now each call would store another event.",
    "Give --at 2026-12-24T09:00+01:00, or leave out --delivery-id.",
  );
}

type Scheduled = Omit<ScheduleResult, "outcome"> &
  (
    | { readonly outcome: ScheduleResult["outcome"] | "too-late" }
    | { readonly outcome: "undecided"; readonly error: unknown }
  );

/** An event that is not certainly stored is an outcome with an id, which the output shows. */
function asOutcome(error: unknown): Scheduled {
  if (!(error instanceof ScheduleError) || error.code === "clock-skew") throw error;
  const { code, id, at, to, deliveryId, cause } = error;
  const identity = { id, at, to, deliveryId };
  return code === "undecided"
    ? { ...identity, outcome: code, error: cause }
    : { ...identity, outcome: code };
}

const PAST_MS = 60_000;

/** An instant in the past is allowed, but it is rarely intended. */
export function warnOfPast({ output }: Session, { id, at }: Pick<Scheduled, "id" | "at">): void {
  const nowMs = systemClock.now();
  const agoMs = nowMs - at.getTime();
  if (agoMs < PAST_MS) return;
  const expiresMs = parseEventId(id)?.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
  const what = nowMs > expiresMs ? "dead-letters it, because it has expired" : "delivers it";
  output.note(`This instant was ${showDistance(-agoMs)}: the next sweep ${what}.`);
}

export function describeDue(at: Date): string {
  const distance = showDistance(at.getTime() - systemClock.now());
  return `${showInstant(at)} (${at.toISOString()}, ${distance})`;
}

function describe({ outcome, id, at }: Scheduled, isDryRun: boolean): string {
  if (outcome === "exists") return `Already there, unchanged: ${quoteId(id)}`;
  return `${isDryRun ? "Would schedule for" : "Scheduled for"} ${describeDue(at)}: ${quoteId(id)}`;
}

function problemOf(scheduled: Scheduled): Problem | undefined {
  if (scheduled.outcome === "too-late") {
    return {
      message: `too late, nothing stored: due ${describeDue(scheduled.at)}.`,
      hint: "Choose a later time, or leave out --delivery-id: with it, an event must be stored a few seconds before it is due.",
    };
  }
  if (scheduled.outcome !== "undecided") return undefined;
  const why = isStoreError(scheduled.error) ? ` (${scheduled.error.message})` : "";
  return {
    message: `undecided: the store's answer is missing or late${why}.`,
    hint: `Run keywhen show ${quoteId(scheduled.id)} to see whether it waits.`,
  };
}
