import { setTimeout as sleep } from "node:timers/promises";
import { createSchedules, type NewSchedule } from "@keywhen/recurring";
import { SCHEDULE, TARGET } from "../store-place.js";
import type { TestBed } from "../test-bed.js";
import { keyTemplate } from "./occurrences.js";

/** A fixed interval, which the test counts without the code under test. */
export interface Interval {
  readonly everyMs: number;
  readonly fromMs: number;
}

/** A call that changed a schedule, and its answer. Times are of the wall clock. */
export interface ScheduleCall {
  readonly kind: "put" | "pause" | "resume" | "skip";
  readonly startedMs: number;
  readonly endedMs: number;
  /** The schedule's rule after the call. */
  readonly rule: Interval;
  /** How often its content had changed. */
  readonly version: number;
  readonly nextMs?: number | undefined;
  readonly underWayMs?: number | undefined;
  readonly skippedMs?: number | undefined;
}

/** The only writer of a recurring schedule. */
export interface ScheduleWriter {
  readonly schedule: string;
  readonly calls: readonly ScheduleCall[];
  /** Changes the schedule until the signal aborts, and leaves it active. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly pause: () => Promise<void>;
}

export interface ScheduleWriterOptions {
  readonly root: string;
  readonly schedule: string;
  /** There are about two intervals between two calls. */
  readonly everyMs: number;
  readonly random: () => number;
}

const VERBS = ["new body", "new body", "new rule", "same", "skip", "pause"] as const;

/** Stores a recurring schedule, and returns its writer. */
export async function createScheduleWriter(
  { store }: TestBed,
  { root, schedule, everyMs, random }: ScheduleWriterOptions,
): Promise<ScheduleWriter> {
  const calls: ScheduleCall[] = [];
  const schedules = createSchedules({
    store: { ...store, delete: (...args) => tidiesUp(calls.length, () => store.delete(...args)) },
    bucket: SCHEDULE,
    root,
  });
  let rule = newRule(everyMs, random);
  let version = 0;
  const note = async (kind: ScheduleCall["kind"], call: Promise<Answer>) => {
    const startedMs = Date.now();
    const { next, underWay, skipped } = await call;
    calls.push({
      ...{ kind, startedMs, endedMs: Date.now(), rule, version },
      nextMs: next?.at.getTime(),
      underWayMs: underWay?.at.getTime(),
      skippedMs: skipped?.at.getTime(),
    });
  };
  const put = () => note("put", schedules.put(schedule, newSchedule(schedule, rule, version)));
  const pause = () => note("pause", schedules.pause(schedule));
  const wait = (signal: AbortSignal) =>
    sleep(4 * everyMs * random(), undefined, { signal }).catch(() => {});
  const change = async (signal: AbortSignal) => {
    const verb = VERBS[Math.floor(random() * VERBS.length)];
    if (verb === "skip") return await note("skip", schedules.skip(schedule));
    if (verb === "pause") {
      await pause();
      await wait(signal);
      return await note("resume", schedules.resume(schedule));
    }
    if (verb !== "same") version += 1;
    if (verb === "new rule") rule = newRule(everyMs, random);
    return await put();
  };
  await put();
  return {
    schedule,
    calls,
    async run(signal) {
      for (;;) {
        await wait(signal);
        if (signal.aborted) return;
        await change(signal);
      }
    },
    pause,
  };
}

/** Every second call leaves its void wake-ups behind, as a writer does that dies at its end. */
async function tidiesUp<T>(calls: number, remove: () => Promise<T>): Promise<T> {
  if (calls % 2 === 0) return remove();
  throw new Error("the writer has died");
}

interface Answer {
  readonly outcome: string;
  readonly next?: { readonly at: Date } | undefined;
  readonly underWay?: { readonly at: Date } | undefined;
  readonly skipped?: { readonly at: Date } | undefined;
}

/** Another phase, and sometimes another interval. */
function newRule(everyMs: number, random: () => number): Interval {
  return {
    everyMs: random() < 0.5 ? everyMs : everyMs * 1.5,
    fromMs: Date.now() - Math.floor(random() * everyMs),
  };
}

function newSchedule(
  schedule: string,
  { everyMs, fromMs }: Interval,
  version: number,
): NewSchedule {
  return {
    every: `${everyMs}ms`,
    from: new Date(fromMs).toISOString(),
    to: { bucket: TARGET, key: keyTemplate(schedule) },
    body: scheduleBody(schedule, version),
  };
}

/** One schedule in three has a body that is stored as a separate object. */
export function scheduleBody(schedule: string, version: number): string {
  const isLarge = Number(/\d+/.exec(schedule)) % 3 === 0;
  return `${schedule}, version ${version}`.padEnd(isLarge ? 17_000 : 0, ".");
}
