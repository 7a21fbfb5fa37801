import {
  createSchedules,
  type ScheduledOccurrence,
  type Schedules,
  type SkipResult,
} from "@keywhen/recurring";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { type DescribeMissing, type Outcome, printOutcome, quoteId } from "../outcome.js";
import { showInstant } from "../output/show-time.js";
import type { Session } from "../session.js";
import { quoteName } from "./quote-name.js";
import { underWayLines } from "./upcoming.js";

export const missingSchedule: DescribeMissing = (name) => ({
  message: `There is no schedule ${JSON.stringify(name)}.`,
  hint: "See keywhen schedules list for the schedules that there are.",
});

type Args = readonly [session: Session, options: object, args: readonly string[]];

export function pauseSchedule(...call: Args): Promise<ExitCode> {
  return change(call, async (schedules, name, signal) => {
    const result = await schedules.pause(name, signal);
    const { outcome, underWay } = result;
    return {
      json: { ...result, name },
      text: () => [
        outcome === "unchanged" ? `Paused already: ${name}.` : `Paused: ${name}.`,
        ...underWayLines(underWay),
      ],
      problem: outcome === "ended" ? ended(name) : undefined,
    };
  });
}

export function resumeSchedule(...call: Args): Promise<ExitCode> {
  return change(call, async (schedules, name, signal) => {
    const result = await schedules.resume(name, signal);
    const { outcome } = result;
    const next = "next" in result ? result.next : undefined;
    return {
      json: { ...result, name },
      text: () =>
        outcome === "unchanged"
          ? `Not paused: ${name}. ${describeNext(next)}`
          : `Resumed: ${name}. ${describeNext(next)}`,
      problem: outcome === "ended" ? ended(name) : undefined,
    };
  });
}

export function deleteSchedule(...call: Args): Promise<ExitCode> {
  return change(call, async (schedules, name, signal) => {
    const result = await schedules.delete(name, signal);
    return {
      json: { ...result, name },
      text: () => [`Deleted: ${name}.`, ...underWayLines(result.underWay)],
    };
  });
}

export function triggerSchedule(...call: Args): Promise<ExitCode> {
  return change(call, async (schedules, name, signal) => {
    const result = await schedules.trigger(name, signal);
    if (result.outcome === "not-found") return { json: { ...result, name } };
    const { id } = result;
    return { json: { ...result, name }, text: `Triggered, due now: ${quoteId(id)}`, quiet: id };
  });
}

/** Exits with `too late` if the occurrence that was to be skipped may be under way. */
export async function skipOccurrence(...call: Args): Promise<ExitCode> {
  let isTooLate = false;
  const exitCode = await change(call, async (schedules, name, signal) => {
    const result = await schedules.skip(name, signal);
    isTooLate = result.outcome === "too-late";
    return describeSkip(name, result);
  });
  return isTooLate ? EXIT.tooLate : exitCode;
}

function describeSkip(name: string, result: SkipResult): Outcome {
  const json = { ...result, name };
  switch (result.outcome) {
    case "skipped":
      return {
        json,
        text: () =>
          `Skipped: ${name} of ${showInstant(result.skipped.at)}. ${describeNext(result.next)}`,
      };
    case "too-late":
      return {
        json,
        problem: {
          message: `too late: the occurrence of ${showInstant(result.underWay.at)} may be under way.`,
          hint: `It may still be delivered. ${describeNext(result.next)}`,
        },
      };
    case "ended":
      return { json, problem: ended(name) };
    case "not-active":
      return {
        json,
        problem: {
          message: `The schedule ${JSON.stringify(name)} is paused, so no occurrence is next.`,
          hint: `Run keywhen schedules resume ${quoteName(name)} first.`,
        },
      };
    case "not-found":
      return { json };
  }
}

type Change = (
  schedules: Schedules,
  name: string,
  call: { readonly signal: AbortSignal },
) => Promise<Outcome>;

/** Changes the schedule that the command names, and prints what became of it. */
async function change([session, , [name = ""]]: Args, work: Change): Promise<ExitCode> {
  const schedules = createSchedules(await session.openSchedule());
  const outcome = await work(schedules, name, { signal: session.interruption() });
  const problem = outcome.json.outcome === "not-found" ? missingSchedule(name) : outcome.problem;
  return printOutcome(session.output, { quiet: name, ...outcome, problem });
}

function ended(name: string) {
  return {
    message: `The schedule ${JSON.stringify(name)} has ended: no occurrence is left before its --until.`,
    hint: "Store it again with keywhen every and a later --until, or none.",
  };
}

function describeNext(next: ScheduledOccurrence | undefined): string {
  return next === undefined ? "No occurrence is left." : `Next: ${showInstant(next.at)}.`;
}
