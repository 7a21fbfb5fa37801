import {
  createScheduler,
  type EventIdentity,
  hasCode,
  ScheduleError,
  type ScheduleResult,
  systemClock,
} from "@keywhen/core";
import { isStoreError } from "@keywhen/core/store";
import { UsageError } from "@keywhen/host";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import type { Output } from "../output.js";
import type { PayloadOptions } from "../payload.js";
import { readMetadata } from "../read-metadata.js";
import { readWriterShards } from "../read-shards.js";
import { readTarget } from "../read-target.js";
import { isSpanFromNow, readWhen } from "../read-time.js";
import { act, type Session } from "../session.js";
import { quoteId } from "../show-id.js";
import { showDistance, showInstant } from "../show-time.js";

interface ScheduleOptions extends PayloadOptions {
  readonly at?: string | undefined;
  readonly in?: string | undefined;
  readonly to?: string | undefined;
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
  return program
    .command("schedule")
    .summary("store an event that is delivered when it is due")
    .description("Stores an event. A sweep delivers it to its target when it is due.")
    .addHelpText("before", EXAMPLES)
    .option("--at <time>", "when it is due: 2026-12-24T09:00+01:00, +90m, 'tomorrow 9am'")
    .option("--in <duration>", "after how long it is due: 90s, 10m, 1.5h, 7d")
    .option("--to <bucket/key>", "where it is delivered")
    .option("--file <file>", "its payload is this file (- for the pipe)")
    .option("--body <text>", "its payload is this text; without both, the pipe's content")
    .option(
      "--type <content-type>",
      "else by the file's name, or as the text looks (JSON or plain)",
    )
    .option("--meta <name=value...>", "metadata that the delivered object carries")
    .option(
      "--delivery-id <id>",
      "choose it, with a fixed --at: scheduling the same again changes nothing",
    )
    .option("-n, --dry-run", "check everything, store nothing")
    .action(act(schedule));
}

async function schedule(session: Session, options: ScheduleOptions): Promise<ExitCode> {
  const { output } = session;
  if (options.deliveryId !== undefined && isSpanFromNow(options)) throw needsFixedTime();
  const when = await readWhen(options, session.times());
  const to = readTarget(options.to);
  const metadata = readMetadata(options.meta ?? []);
  const home = await session.openSchedule({ ...options, mayBeMissing: true });
  const { createUploadProgress, openPayload } = await import("../upload-progress.js"); // other verbs need neither
  await using payload = await openPayload(options, output.note);
  const { size, contentType } = payload;
  if (size === 0 && options.body === undefined) output.note(EMPTY);
  await using progress = createUploadProgress(output, payload);
  const { body } = progress;
  const { deliveryId } = options;
  const event = { ...when, to, body, size, contentType, metadata, deliveryId };
  const shards = readWriterShards(session.env["KEYWHEN_SHARDS"]);
  const scheduler = createScheduler({ ...home, shards });
  const call = { signal: session.interruption() };
  const scheduled = await scheduler
    .schedule(event, call)
    .catch((error) => asOutcome(payload.failure() ?? needsLength(error, event) ?? error));
  progress.end();
  const dry = options.dryRun ? { dryRun: true } : {};
  if (output.isJson) await output.tellDone({ json: { ...scheduled, ...dry }, text: "" });
  else await explain(output, scheduled, options.dryRun ?? false);
  if (scheduled.outcome === "scheduled") warnOfPast(session, scheduled.at);
  return EXIT_CODES[scheduled.outcome];
}

const EMPTY = "Note: the payload is empty.";

/** A store that can't put a stream under a condition. */
function needsLength(
  error: unknown,
  {
    deliveryId,
    size,
  }: { readonly deliveryId: string | undefined; readonly size: number | undefined },
): UsageError | undefined {
  if (deliveryId === undefined || size !== undefined || !hasCode(error, "not-supported")) return;
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

type Outcome = EventIdentity &
  (
    | { readonly outcome: ScheduleResult["outcome"] | "too-late" }
    | { readonly outcome: "undecided"; readonly error: unknown }
  );

/** What is not certainly stored is an outcome with an id, which the output shows. */
function asOutcome(error: unknown): Outcome {
  if (!(error instanceof ScheduleError) || error.code === "clock-skew") throw error;
  const { code, id, at, to, deliveryId, cause } = error;
  const identity = { id, at, to, deliveryId };
  return code === "undecided"
    ? { ...identity, outcome: code, error: cause }
    : { ...identity, outcome: code };
}

const EXIT_CODES = {
  scheduled: EXIT.done,
  exists: EXIT.alreadyThere,
  "too-late": EXIT.tooLate,
  undecided: EXIT.tooLate,
} as const satisfies Record<Outcome["outcome"], ExitCode>;

const PAST_MS = 60_000;

/** It is allowed, but rarely what somebody wanted. */
function warnOfPast({ output }: Session, at: Date): void {
  const agoMs = systemClock.now() - at.getTime();
  if (agoMs >= PAST_MS) {
    output.note(`This instant was ${showDistance(-agoMs)}: the next sweep delivers it.`);
  }
}

async function explain(output: Output, scheduled: Outcome, isDryRun: boolean): Promise<void> {
  const { outcome, id, at } = scheduled;
  const distance = showDistance(at.getTime() - systemClock.now());
  const due = `${showInstant(at)} (${at.toISOString()}, ${distance})`;
  switch (outcome) {
    case "scheduled": {
      const did = isDryRun ? "Would schedule for" : "Scheduled for";
      return output.tellDone({ json: scheduled, text: `${did} ${due}: ${quoteId(id)}`, quiet: id });
    }
    case "exists": {
      const text = `Already there, unchanged: ${quoteId(id)}`;
      return output.tellDone({ json: scheduled, text, quiet: id });
    }
    case "too-late":
      return output.failure({
        code: outcome,
        message: `too late, nothing stored: due ${due}.`,
        hint: "With a delivery id of your own an event must be stored before it closes, a few seconds before it is due.",
      });
    case "undecided": {
      const why = isStoreError(scheduled.error) ? ` (${scheduled.error.message})` : "";
      return output.failure({
        code: outcome,
        message: `undecided: the store's answer is missing or late${why}.`,
        hint: `keywhen show ${quoteId(id)} tells whether it waits.`,
      });
    }
  }
}
