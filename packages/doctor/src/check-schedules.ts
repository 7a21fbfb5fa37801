import type { ScheduleLocation } from "@keywhen/core";
import { canLease, codecV1, formatInstant } from "@keywhen/core/internal";
import type { Finding } from "@keywhen/core/store";
import {
  type ExaminedSchedule,
  examineSchedules,
  repairSchedule,
  type ScheduleProblem,
} from "@keywhen/recurring";
import { type Examination, toleratedFinding } from "./examination.js";

const name = "recurring schedules";
/** How many schedules a finding names. */
const NAMED = 3;

type Problems = Map<ScheduleProblem, ExaminedSchedule[]>;

/**
 * Reports recurring schedules that do not go on as their definitions say, one finding for each kind of problem. Nothing is reported
 * if there are no schedules. `repair` stores missing wake-ups first.
 */
export async function* checkSchedules(
  { home, store, call }: Examination,
  location: ScheduleLocation,
  repair: boolean,
): AsyncGenerator<Finding, void> {
  if (home.codec !== codecV1 || !canLease(store.capabilities)) return;
  const problems: Problems = new Map();
  let count = 0;
  let repaired = 0;
  const read = await toleratedFinding(name, async () => {
    for await (const schedule of examineSchedules(location, call)) {
      count += 1;
      const isRepaired =
        repair &&
        schedule.problem === "unarmed" &&
        (await repairSchedule(location, schedule.name, call)).outcome === "repaired";
      if (isRepaired) repaired += 1;
      else if (schedule.problem !== undefined) add(problems, schedule, schedule.problem);
    }
    return { name, status: "ok", detail: `${count}` };
  });
  if (read.status !== "ok") yield read;
  for (const [problem, schedules] of problems) yield found(problem, schedules, home.root);
  if (repaired > 0) {
    yield { name, status: "ok", detail: `stored the missing wake-ups of ${repaired}` };
  } else if (read.status === "ok" && problems.size === 0 && count > 0) {
    yield read;
  }
}

function add(problems: Problems, schedule: ExaminedSchedule, problem: ScheduleProblem): void {
  problems.set(problem, [...(problems.get(problem) ?? []), schedule]);
}

function found(
  problem: ScheduleProblem,
  schedules: readonly ExaminedSchedule[],
  root: string,
): Finding {
  const names = schedules.slice(0, NAMED).map((schedule) => JSON.stringify(schedule.name));
  const more = schedules.length > NAMED ? ` and ${schedules.length - NAMED} more` : "";
  const which = names.join(", ") + more;
  const firstMs = Math.min(...schedules.map(({ next }) => next?.at.getTime() ?? 0));
  const status = problem === "far-ahead" ? "warn" : "fail";
  return { name, status, ...described(problem, which, firstMs, root) };
}

function described(
  problem: ScheduleProblem,
  which: string,
  firstMs: number,
  root: string,
): Pick<Finding, "detail" | "hint"> {
  switch (problem) {
    case "unreadable":
      return {
        detail: `the definition of ${which} can't be read`,
        hint: `install the newest keywhen everywhere; if it is damaged, delete it under ${root}/schedules/ and put the schedule again`,
      };
    case "unarmed":
      return {
        detail: `the wake-up of ${which} is missing, so nothing is delivered any more`,
        hint: "run keywhen doctor --repair, which stores it again",
      };
    case "no-body":
      return {
        detail: `the body of ${which} is missing under ${root}/payloads/, so only the next occurrence can be delivered`,
        hint: "put the schedule again",
      };
    case "far-ahead":
      return {
        detail: `the next occurrence of ${which} is at ${formatInstant(firstMs)}, although its rule has earlier ones that were not skipped`,
        hint: "check the clocks of the machines that put and sweep it, then delete the schedule and put it again",
      };
    case "stale":
      return {
        detail: `no sweeper completes the wake-up of ${which}, which is due since ${formatInstant(firstMs)}`,
        hint: "run a sweeper that delivers recurring schedules (keywhen run, keywhen sweep, or createSweeper with wakeUps: recurringWakeUps()), or check what it reports about this schedule",
      };
  }
}
