import {
  createScheduler,
  createSweeper,
  type ScheduleLocation,
  type SweepReport,
} from "@keywhen/core";
import type { Clock } from "@keywhen/core/internal";
import { manualClock, memoryStore } from "@keywhen/core/testing";
import { createSchedules, recurringWakeUps } from "@keywhen/recurring";
import { describe, expect, it } from "vitest";
import type { MonthOfUse } from "./month-of-use.js";
import { MONTH_MS, monthlyRequests } from "./monthly-requests.js";

type Requests = SweepReport["requests"];

const MINUTE_MS = 60_000;
const START = "2026-12-24T08:00:00Z";

interface Month {
  readonly minutes: number;
  readonly perMinute: number;
  /** Starts in the middle of each minute, and looks ahead. */
  readonly ahead?: boolean;
  /** Schedules of each minute, instead of events. */
  readonly recurring?: boolean;
  readonly journal?: boolean;
}

/** Runs the real sweeper for some minutes of a month. */
async function counted({
  minutes,
  perMinute,
  ahead,
  recurring,
  journal,
}: Month): Promise<Requests> {
  const clock = manualClock(START);
  const home = { store: memoryStore({ clock }), bucket: "schedule", clock };
  if (recurring) await putMinutely(home, perMinute);
  else await scheduleEvents(home, minutes * perMinute, perMinute);
  const wakeUps = recurringWakeUps();
  const sweeper = createSweeper({ ...home, allowTargets: ["*"], wakeUps, journal });
  const sum = { list: 0, head: 0, get: 0, put: 0, copy: 0, move: 0, delete: 0 };
  const add = ({ requests }: { readonly requests: Requests }) => {
    for (const kind of Object.keys(sum) as (keyof Requests)[]) sum[kind] += requests[kind];
  };
  const sweeps: Promise<void>[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    const isHalf = ahead || (recurring && minute > 0); // the other half passes while a sweep runs
    await clock.advance(isHalf ? "30s" : "1m");
    sweeps.push(sweeper.sweep(ahead ? { lookAhead: "1m" } : {}).then(add));
    if (ahead || recurring) await advance(clock, 30);
  }
  await advance(clock, 180);
  await Promise.all(sweeps);
  return sum;
}

type Home = ScheduleLocation & { readonly clock: Clock };

async function scheduleEvents(home: Home, count: number, perMinute: number): Promise<void> {
  const events = Array.from({ length: count }, (_, index) => ({
    at: new Date(home.clock.now() + Math.floor(((index + 0.5) / perMinute) * MINUTE_MS)),
    to: { bucket: "out", key: `${index}` },
  }));
  await createScheduler(home).scheduleMany(events);
}

async function putMinutely(home: Home, count: number): Promise<void> {
  const schedules = createSchedules(home);
  for (let index = 0; index < count; index++) {
    const to = { bucket: "out", key: `${index}` };
    await schedules.put(`schedule-${index}`, { every: "1m", to, body: "x" });
  }
}

/** Advances in small steps, so that every timer runs at its time. */
async function advance(clock: ReturnType<typeof manualClock>, seconds: number): Promise<void> {
  for (let step = 0; step < seconds * 5; step++) await clock.advance("200ms");
}

/** Returns the part of a month's requests that falls in this many minutes. */
function predicted(use: MonthOfUse, minutes: number): Requests {
  const month = monthlyRequests(use);
  const share = (count: number) => (count * minutes * MINUTE_MS) / MONTH_MS;
  const shares = Object.entries(month).map(([kind, count]) => [kind, share(count)]);
  return Object.fromEntries(shares) as Requests;
}

const eventsOf = (perMinute: number) => (perMinute * MONTH_MS) / MINUTE_MS;

describe("monthlyRequests()", () => {
  it.each([0, 40, 1_500])("counts what plain sweeps send, with %i due a minute", async (due) => {
    const minutes = 3;
    const real = await counted({ minutes, perMinute: due });
    const model = predicted({ events: eventsOf(due) }, minutes);
    expect(model.list).toBeCloseTo(real.list, 6);
    expect(model.copy).toBeCloseTo(real.copy, 6);
    expect(model.put).toBeCloseTo(real.put, 6);
    expect(Math.abs(model.get - real.get)).toBeLessThan(1); // the shard map is read first and every 10 minutes
    expect(Math.abs(model.delete - real.delete)).toBeLessThanOrEqual(0.1 * real.delete);
  });

  it.each([0, 40, 1_500])(
    "counts what sweeps that look ahead send, with %i a minute",
    async (due) => {
      const minutes = 3;
      const real = await counted({ minutes, perMinute: due, ahead: true });
      const model = predicted({ events: eventsOf(due), lookAheadMs: MINUTE_MS }, minutes);
      expect(model.copy).toBeCloseTo(real.copy, 6);
      expect(Math.abs(model.list - real.list)).toBeLessThanOrEqual(0.1 * real.list);
      expect(Math.abs(model.put - real.put)).toBeLessThanOrEqual(0.1 * real.put);
    },
  );

  it("counts what sweeps send for recurring schedules", async () => {
    const minutes = 3;
    const real = await counted({ minutes, perMinute: 40, recurring: true });
    const model = predicted({ events: 0, occurrences: eventsOf(40) }, minutes);
    expect(real.copy).toBe(40 * minutes);
    expect(model.copy).toBeCloseTo(real.copy, 6);
    expect(model.put).toBeCloseTo(real.put, 6);
    expect(Math.abs(model.get - real.get)).toBeLessThan(1);
  });

  it.each([0, 40, 5_000])("counts the writes of a journal, with %i due a minute", async (due) => {
    const minutes = 2;
    const real = await counted({ minutes, perMinute: due, journal: true });
    const model = predicted({ events: eventsOf(due), journal: true }, minutes);
    expect(model.put).toBeCloseTo(real.put, 6);
    const without = predicted({ events: eventsOf(due) }, minutes);
    expect(model.put - without.put).toBeCloseTo(
      due === 5_000 ? 2 * minutes : due === 40 ? minutes : 0,
      6,
    );
  });

  it("leaves idle shards one LIST each", () => {
    const { list, put } = monthlyRequests({ events: 0, shards: 64 });
    expect(list).toBeCloseTo((64 * MONTH_MS) / MINUTE_MS, 3);
    expect(put).toBe(0);
  });
});
