import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import type { ObjectStore } from "../store/object-store.js";
import type { Destination } from "../targets/destination.js";
import { slowed } from "../test-support/sweeps.js";
import {
  NOON,
  numbered,
  shardedSchedule,
  storeError,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  watch,
  writeByHand,
} from "../test-support/test-schedule.js";

const AHEAD = { lookAhead: "1m" } as const;
const PAGE_SIZE = 100;
const LIST_MS = 50;
/** Of two thousand events and a copy. */
const PAGES = 21;
/** Each destination has room for 250 events: half of the memory of a sweep, shared by twenty. */
const LANES = 20;
const ROOM = 250;

/** A schedule whose pages have a hundred keys and take 50 ms each, with these events of a destination, and one copy behind them. */
async function flooded(
  count: number,
  id = (number: string) => `${number}|id`,
): Promise<TestSchedule> {
  const schedule = testSchedule();
  for (const event of numbered(count)) {
    const [at, , key] = event.split("|");
    await writeByHand(schedule.store, `${at}|mail|${id(key ?? "")}`, "");
  }
  await writeByHand(schedule.store, "2026-12-24T11:59:59.999Z|out|copy|id");
  const list: ObjectStore["list"] = (page, call) =>
    schedule.store.list({ ...page, limit: PAGE_SIZE }, call);
  return slowed({ ...schedule, store: { ...schedule.store, list } }, "list", LIST_MS);
}

/** A destination that takes so long for each event, among others that get none. */
function destinationsFor(
  schedule: TestSchedule,
  tookMs: number,
  options: Partial<Destination> = {},
): { destinations: Record<string, Destination>; keys: string[]; repeats: string[] } {
  const keys: string[] = [];
  const repeats: string[] = [];
  const mail: Destination = {
    ...options,
    async deliver({ key, deliveryId, mayBeRepeat }) {
      keys.push(`${key} ${deliveryId}`);
      if (mayBeRepeat) repeats.push(key);
      await schedule.clock.sleep(tookMs);
      return { outcome: "delivered" };
    },
  };
  const idle = Array.from({ length: LANES - 1 }, (_, index) => [`idle-${index}`, mail]);
  return { destinations: { mail, ...Object.fromEntries(idle) }, keys, repeats };
}

/** When a copy has begun, in milliseconds since the sweep began. */
function copyMs(schedule: TestSchedule) {
  const copies: number[] = [];
  const observe = (event: SweepEvent) => {
    if (event.type === "delivered" && event.by === "copy") {
      copies.push(schedule.clock.now() - Date.parse(NOON));
    }
  };
  return { copies, observe };
}

describe("A flood of events of one destination", () => {
  it.each([
    ["that answers in 20 ms", 20, AHEAD],
    ["that answers in 20 ms, without look-ahead,", 20, undefined],
    ["that answers in 10 s", 10_000, AHEAD],
  ])("%s delays a copy behind it by two LISTs for each page at most", async (_, tookMs, call) => {
    const schedule = await flooded(2_000);
    const { copies, observe } = copyMs(schedule);
    const { destinations } = destinationsFor(schedule, tookMs);
    const stop = new AbortController();
    const sweeping = sweeperOf(schedule, { destinations, observe }).sweep({
      ...call,
      signal: stop.signal,
    });
    await schedule.clock.advance("10s");
    expect(copies).toEqual([expect.any(Number)]);
    expect(copies[0]).toBeLessThanOrEqual(2 * PAGES * LIST_MS);
    stop.abort();
    await schedule.clock.advance("10s");
    await sweeping;
  });

  it.each([
    ["with look-ahead", AHEAD, 24],
    ["without look-ahead", undefined, 0],
  ])("is delivered %s without a break, for one more LIST a page", async (_, call, polls) => {
    const schedule = await flooded(2_000);
    const { delivered, observe } = watch(schedule);
    const { destinations, keys, repeats } = destinationsFor(schedule, 20);
    const sweeping = sweeperOf(schedule, { destinations, observe }).sweep(call);
    await schedule.clock.advance("1s"); // the first listing goes on
    expect(keys.length).toBeGreaterThan(ROOM + 150);
    await schedule.clock.advance("3s");
    expect(delivered).toHaveLength(2_001);
    await schedule.clock.advance("3m");
    const report = await sweeping;
    expect(report).toMatchObject({ due: 2_001, delivered: 2_001, retrying: 0, gone: 0 });
    expect(report.requests.list).toBeLessThanOrEqual(2 * PAGES + polls);
    expect([new Set(keys).size, keys.length, repeats]).toEqual([2_000, 2_000, []]);
  });

  it("is delivered in the order of each target", async () => {
    const schedule = await flooded(600, (number) => `${Number(number) % 3}|${number}`);
    const { destinations, keys } = destinationsFor(schedule, 20);
    const sweeping = sweeperOf(schedule, { destinations }).sweep(AHEAD);
    await schedule.clock.advance("3m");
    expect(await sweeping).toMatchObject({ delivered: 601 });
    for (const target of ["0", "1", "2"]) {
      const ofTarget = keys.filter((key) => key.startsWith(target));
      expect([ofTarget.length, ofTarget]).toEqual([200, ofTarget.toSorted()]);
    }
  });

  it("goes on after the range has ended, and ends with it", async () => {
    const schedule = await flooded(1_500);
    const { delivered, observe } = watch(schedule);
    const { destinations } = destinationsFor(schedule, 10_000, { concurrency: 100 });
    const sweeping = sweeperOf(schedule, { destinations, observe }).sweep(AHEAD);
    await schedule.clock.advance("2m"); // the range ends
    expect(delivered).toHaveLength(1_101);
    await schedule.clock.advance("1m");
    expect(await sweeping).toMatchObject({ delivered: 1_501, truncated: false });
  });

  it("of a slow destination is left to the next sweep, as not tried, if a sweep does not look ahead", async () => {
    const schedule = await flooded(600);
    const { destinations, repeats } = destinationsFor(schedule, 1_000);
    const events: SweepEvent[] = [];
    const observe = (event: SweepEvent) => void events.push(event);
    const sweeper = sweeperOf(schedule, { destinations, observe });
    const sweeping = sweeper.sweep();
    await schedule.clock.advance("5m");
    const first = await sweeping;
    expect(first).toMatchObject({ due: 601, delivered: ROOM + 1, retrying: 350, truncated: false });
    expect(first.oldestDueAt?.toISOString()).toBe("2026-12-24T11:59:00.000Z");
    const dueAt = new Date("2026-12-24T11:59:00.000Z");
    expect(events).toContainEqual({ type: "postponed", destination: "mail", count: 350, dueAt });
    const next = sweeper.sweep();
    await schedule.clock.advance("5m");
    expect(await next).toMatchObject({ delivered: ROOM, retrying: 100, requests: { head: 0 } });
    expect(repeats).toEqual([]);
  });

  it.each([
    [
      "is met by the next listing of a sweep that looks ahead",
      AHEAD,
      { delivered: 601, retrying: 0 },
    ],
    ["is left to the next sweep by one that does not", undefined, { truncated: "list-failed" }],
  ])("%s if a page can't be listed again", async (_, call, expected) => {
    const schedule = await flooded(600);
    let failures = 5; // every try of one page
    const list: ObjectStore["list"] = async (page, options) => {
      const isAgain = page.startAfter?.endsWith("|i") === true; // before the first that was left
      if (isAgain && failures > 0) {
        failures -= 1;
        throw storeError("unavailable", "list");
      }
      return schedule.store.list(page, options);
    };
    const store = { ...schedule.store, list };
    const { destinations } = destinationsFor(schedule, 20);
    const sweeping = sweeperOf({ ...schedule, store }, { destinations }).sweep(call);
    await schedule.clock.advance("5m");
    const report = await sweeping;
    expect(report).toMatchObject({ ...expected, errors: [{ type: "list-failed" }] });
    expect([failures, report.due, report.delivered + report.retrying]).toEqual([0, 601, 601]);
  });

  it("stays where it is when the sweep is stopped", async () => {
    const schedule = await flooded(600);
    const { destinations, keys, repeats } = destinationsFor(schedule, 40);
    const stop = new AbortController();
    const sweeping = sweeperOf(schedule, { destinations }).sweep({ ...AHEAD, signal: stop.signal });
    await schedule.clock.advance("620ms");
    stop.abort();
    await schedule.clock.advance("10s");
    const { delivered, truncated } = await sweeping;
    expect([delivered, truncated]).toEqual([keys.length + 1, "aborted"]);
    expect(delivered).toBeLessThan(400);
    const next = sweeperOf(schedule, { destinations }).sweep();
    await schedule.clock.advance("10s");
    expect((await next).delivered).toBe(601 - delivered);
    expect(repeats).toEqual([]);
  });

  it("does not use more memory than other events, also if their deletes are slow", async () => {
    const home = await shardedSchedule(8); // so that a partition has room for 2,000 events
    for (const id of numbered(4_000)) {
      await writeByHand(home.store, `${id.replace("|out|", "|mail|")}|id`, "");
    }
    const schedule = slowed(home, "delete", 500);
    let handedOver = 0;
    const remove: ObjectStore["delete"] = async (bucket, keys, options) => {
      const results = await schedule.store.delete(bucket, keys, options);
      handedOver -= keys.length;
      return results;
    };
    let most = 0;
    const deliver: Destination["deliver"] = async () => {
      handedOver += 1;
      most = Math.max(most, handedOver);
      return { outcome: "delivered" };
    };
    const store = { ...schedule.store, delete: remove };
    const sweeper = sweeperOf({ ...schedule, store }, { destinations: { mail: { deliver } } });
    const sweeping = sweeper.sweep();
    await home.clock.advance("1m");
    expect(await sweeping).toMatchObject({ delivered: 4_000, retrying: 0 });
    expect([most > 1_000, most <= 2_000]).toEqual([true, true]);
  });
});
