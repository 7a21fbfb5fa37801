import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { passing } from "../test-support/sweeps.js";
import {
  numbered,
  scheduleWith,
  storeError,
  sweeperOf,
  testSchedule,
  waitingIn,
  writeByHand,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";

const DUE = "2026-12-24T11:59:00.000Z";

describe("sweep() that ends early", () => {
  /** Copies that take a second each. */
  function slow(home: ReturnType<typeof testSchedule>) {
    return {
      ...home.store,
      copy: async (...args: Parameters<typeof home.store.copy>) => {
        await home.clock.sleep(1_000, { signal: args[2]?.signal });
        if (args[2]?.signal?.aborted) throw storeError("aborted", "copy");
        return home.store.copy(...args);
      },
    };
  }

  it("starts nothing in the last two seconds before its deadline and ends what runs", async () => {
    const home = await scheduleWith(numbered(100));
    const sweeper = sweeperOf({ ...home, store: slow(home) }, { concurrency: 10 });
    const sweeping = sweeper.sweep({ deadline: "2026-12-24T12:00:06Z" });
    await home.clock.advance("6s");
    const report = await sweeping;
    expect(report).toMatchObject({ truncated: "deadline", delivered: 40, undeleted: 0, due: 100 });
    expect(report.firstUntriedId).toBe(numbered(41)[40]);
    expect(report.oldestDueAt).toEqual(new Date(DUE));
    expect(report.durationMs).toBeLessThanOrEqual(6_000);
    expect(await waitingIn(home.store)).toHaveLength(60);
  });

  it("aborts copies that would run past the deadline and deletes what arrived", async () => {
    const home = await scheduleWith(numbered(2));
    const stuck = {
      ...home.store,
      copy: (...args: Parameters<typeof home.store.copy>) =>
        args[1].key === "00001" ? new Promise<never>(() => {}) : home.store.copy(...args),
    };
    const sweeping = sweeperOf({ ...home, store: stuck }).sweep({
      deadline: "2026-12-24T12:00:06Z",
    });
    await home.clock.advance("5100ms");
    expect(await sweeping).toMatchObject({
      truncated: "deadline",
      delivered: 1,
      undecided: 1,
      undeleted: 0,
    });
    expect(await waitingIn(home.store)).toEqual([`${DUE}|out|00001`]);
  });

  it("shuts down when the caller aborts, and resolves with what it did", async () => {
    const home = await scheduleWith(numbered(100));
    const abort = new AbortController();
    const sweeper = sweeperOf({ ...home, store: slow(home) }, { concurrency: 10 });
    const sweeping = sweeper.sweep({ signal: abort.signal });
    await home.clock.advance("1500ms");
    abort.abort();
    await home.clock.advance("1s");
    expect(await sweeping).toMatchObject({ truncated: "aborted", delivered: 20, undeleted: 0 });
    expect(await waitingIn(home.store)).toHaveLength(80);
  });

  it.each([
    ["copies", "copy", { delivered: 0, undecided: 64 }],
    ["deletes", "delete", { delivered: 100, undeleted: 100 }],
  ] as const)(
    "ends within five seconds of the abort even if %s get no answer",
    async (_, kind, counts) => {
      const home = await scheduleWith(numbered(100));
      const abort = new AbortController();
      const store = { ...home.store, [kind]: () => new Promise<never>(() => {}) };
      const sweeping = sweeperOf({ ...home, store }).sweep({ signal: abort.signal });
      await home.clock.advance("1s");
      abort.abort();
      await home.clock.advance("5s");
      expect(await sweeping).toMatchObject({ truncated: "aborted", ...counts });
    },
  );

  it("does not try a throttled copy again once it is aborted", async () => {
    const home = await scheduleWith(numbered(1));
    const abort = new AbortController();
    const store = faultyStore(home.store, {
      before: ({ kind }) => {
        if (kind !== "copy") return undefined;
        abort.abort();
        return storeError("throttled", "copy");
      },
    });
    const report = await sweeperOf({ ...home, store }).sweep({ signal: abort.signal });
    expect(report).toMatchObject({ retrying: 1, requests: { copy: 1 } });
  });

  it("starts no other copy once an answer shows that its clock is ahead: it could be early", async () => {
    const home = await scheduleWith(numbered(3));
    let aheadMs = 0;
    const clock = { ...home.clock, now: () => home.clock.now() + aheadMs };
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "put") aheadMs = 10_000; // with the lease: the first copy's answer shows it
    });
    const report = await sweeperOf({ ...home, store, clock }, { concurrency: 1 }).sweep();
    expect(report).toMatchObject({ truncated: "clock-skew", delivered: 1, due: 3 });
    expect(report.firstUntriedId).toBe(numbered(2)[1]);
  });

  it("does nothing if it is aborted before it begins", async () => {
    const home = await scheduleWith(numbered(3));
    const report = await sweeperOf(home).sweep({ signal: AbortSignal.abort() });
    expect(report).toMatchObject({ truncated: "aborted", delivered: 0 });
  });

  it("leaves no timer behind", async () => {
    const home = await scheduleWith(numbered(3));
    await sweeperOf(home).sweep({ deadline: "2026-12-24T13:00Z" });
    await home.clock.advance("1ms");
    expect(home.clock.sleepers).toBe(0);
  });

  it("leaves no timer behind for requests that are never answered", async () => {
    const home = await scheduleWith(numbered(3));
    const never = () => new Promise<never>(() => {});
    expect(
      await passing(
        home,
        "1m",
        sweeperOf({ ...home, store: { ...home.store, copy: never } }).sweep(),
      ),
    ).toMatchObject({ undecided: 3 });
    await home.clock.advance("0s");
    expect(home.clock.sleepers).toBe(0);
  });
});

describe("sweep() of more than fits into memory", () => {
  it("reads on only as fast as events leave", async () => {
    const home = await scheduleWith(numbered(5_000));
    let lists = 0;
    const never = () => new Promise<never>(() => {});
    const store = recordingStore({ ...home.store, copy: never }, ({ kind }) => {
      if (kind === "list") lists += 1;
    });
    const abort = new AbortController();
    const sweeping = sweeperOf({ ...home, store }).sweep({ signal: abort.signal });
    await home.clock.advance("1s");
    expect(lists).toBeLessThanOrEqual(3);
    abort.abort();
    await home.clock.advance("5s");
    await sweeping;
  });
});

describe("a copy larger than the time that is left", () => {
  it("is left and says why, while the others are delivered", async () => {
    const home = testSchedule();
    await writeByHand(home.store, `${DUE}|out|large|id`);
    await writeByHand(home.store, `${DUE}|out|small|id`);
    const store = {
      ...home.store,
      list: async (...call: Parameters<typeof home.store.list>) => {
        const page = await home.store.list(...call);
        const grow = (key: string) => (key.includes("large") ? 2e9 : 10);
        return { ...page, objects: page.objects.map((one) => ({ ...one, size: grow(one.key) })) };
      },
    };
    const seen: SweepEvent[] = [];
    const sweeper = sweeperOf({ ...home, store }, { observe: (event) => seen.push(event) });
    const deadline = new Date(home.clock.now() + 60_000);
    expect(await sweeper.sweep({ deadline })).toMatchObject({ delivered: 1, retrying: 1 });
    const [left] = seen.filter((event) => event.type === "failed");
    expect(left?.error.message).toContain("can take 100 s, this sweep has 58 s left");
  });

  it("does not count as tried if the host was frozen past its deadline", async () => {
    const home = testSchedule();
    await writeByHand(home.store, `${DUE}|out|k|id`);
    await home.clock.advance("10s");
    let sleptMs = 0;
    const clock = { ...home.clock, monotonic: () => home.clock.monotonic() + sleptMs };
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "put") sleptMs = 20_000; // and its timers have not fired yet
    });
    const deadline = new Date(home.clock.now() + 15_000);
    const report = await sweeperOf({ ...home, clock, store }).sweep({ deadline });
    expect(report).toMatchObject({ truncated: "deadline", retrying: 0, delivered: 0 });
    await home.clock.advance("10s");
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 1, requests: { head: 0 } });
  });
});
