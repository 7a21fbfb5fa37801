import { createSweeper, type SweepReport } from "@keywhen/core";
import type { ObjectStore } from "@keywhen/core/store";
import { type ManualClock, manualClock, memoryStore } from "@keywhen/core/testing";
import { createSchedules } from "../schedules/create-schedules.js";
import { recurringWakeUps } from "../wake-up/recurring-wake-ups.js";

type SweptReport = Extract<SweepReport, { readonly outcome: "swept" }>;

/** At nine in Berlin, eight in UTC. */
export const DAILY = {
  cron: "0 9 * * *",
  timeZone: "Europe/Berlin",
  to: { bucket: "out", key: "report-{occurrence}" },
  json: { report: "daily" },
} as const;

export const MINUTELY = {
  every: "1m",
  to: { bucket: "out", key: "minute" },
  body: "x",
} as const;

/** Lets the pauses of a call pass, a second at a time. */
export async function passingTime<T>(clock: ManualClock, call: Promise<T>): Promise<T> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  void call.then(over, over);
  for (let turns = 0; !isOver; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (turns > 5 && !isOver && clock.sleepers > 0) await clock.advance("1s");
  }
  return call;
}

/** Schedules in memory, at 07:00 on a manual clock, and a sweeper that completes wake-ups. */
export function recurringSchedule(wrap: (store: ObjectStore) => ObjectStore = (store) => store) {
  const clock = manualClock("2026-12-24T07:00:00Z");
  const memory = memoryStore({ clock, capabilities: { clock: "store" } });
  const store = wrap(memory);
  const location = { store, bucket: "schedule", clock };
  const options = { ...location, allowTargets: ["*"], wakeUps: recurringWakeUps() };
  const keysOf = async (bucket: string, prefix = "") => {
    const { objects } = await memory.list({ bucket, prefix });
    return objects.map(({ key }) => key.slice(prefix.length));
  };
  return {
    clock,
    /** Without faults. */
    memory,
    location,
    schedules: createSchedules(location),
    /** Sets the clock, and sweeps once. */
    async sweepAt(time: string): Promise<SweptReport> {
      clock.set(time);
      const report = await passingTime(clock, createSweeper(options).sweep());
      if (report.outcome !== "swept") throw new Error(`the lease is held by ${report.by}`);
      return report;
    },
    delivered: () => keysOf("out"),
    waiting: () => keysOf("schedule", "keywhen/pending/"),
    stored: () => keysOf("schedule", "keywhen/"),
  };
}
