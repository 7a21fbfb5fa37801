import { describe, expect, it } from "vitest";
import { KeywhenError } from "../errors.js";
import { readJournal } from "../journal/read-journal.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type { ObjectStore } from "../store/object-store.js";
import { observed, passing } from "../test-support/sweeps.js";
import {
  keysOf,
  NOON,
  numbered,
  record,
  scheduleNumbered,
  scheduleWith,
  shardedSchedule,
  storeError,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  textOf,
  writeAllowed,
  writeByHand,
} from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";
import { createSweeper } from "./create-sweeper.js";

const AT = "2026-12-24T11:59:59.000Z";
const ID = `${AT}|out|hello.txt|order-1`;
const JOURNALED = { journal: true } as const;

async function entriesOf(
  schedule: TestSchedule,
  options: Parameters<typeof readJournal>[1] = { until: "2027-01-01T00:00:00Z" },
) {
  const entries = [];
  for await (const entry of readJournal(schedule, options)) entries.push(entry);
  return entries;
}

async function journalKeys(store: ObjectStore): Promise<string[]> {
  return (await keysOf(store, "schedule")).filter((key) => key.startsWith("keywhen/journal/"));
}

/** The same schedule, whose puts of the journal do this before they are sent. */
function onJournalPut(
  schedule: TestSchedule,
  put: (call: { signal?: AbortSignal | undefined }) => Promise<unknown>,
): TestSchedule {
  const { store } = schedule;
  return {
    ...schedule,
    store: {
      ...store,
      put: async (ref, body, options) => {
        if (ref.key.includes("/journal/")) await put(options ?? {});
        return store.put(ref, body, options);
      },
    },
  };
}

const never = () => new Promise(() => {});

describe("a sweeper with a journal", () => {
  it("writes one object with a line for each delivered event", async () => {
    const schedule = await scheduleWith([ID]);
    const { types, observe } = observed();
    const sweeper = sweeperOf(schedule, { ...JOURNALED, owner: "host-1", observe });
    const report = await sweeper.sweep();
    expect(report).toMatchObject({ delivered: 1, errors: [], requests: { put: 3 } }); // with the lease
    const [key = "", ...others] = await journalKeys(schedule.store);
    expect(others).toEqual([]);
    expect(key).toMatch(/^keywhen\/journal\/2026\/12\/24\/120000\.000Z-[0-9a-z]{12}\.ndjson$/);
    expect(await schedule.store.head({ bucket: "schedule", key })).toMatchObject({
      contentType: "application/x-ndjson",
    });
    const text = (await textOf(schedule.store, "schedule", key)) ?? "";
    expect(text).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(text)).toEqual({
      v: 1,
      at: NOON,
      outcome: "delivered",
      id: ID,
      deliveryId: "order-1",
      dueAt: AT,
      target: { bucket: "out", key: "hello.txt" },
      by: "copy",
      startedAt: NOON,
      latenessMs: 1_000,
      size: ID.length,
      sweeper: "host-1",
    });
    expect(types.indexOf("journal-written")).toBeGreaterThan(types.indexOf("ended"));
  });

  it("writes nothing without the option, in an idle sweep and in a dry run", async () => {
    const schedule = await scheduleWith([ID]);
    await sweeperOf(schedule, JOURNALED).sweep({ dryRun: true });
    await sweeperOf(schedule).sweep();
    const { requests } = await sweeperOf(schedule, JOURNALED).sweep();
    expect(requests).toMatchObject({ list: 1, put: 0 });
    expect(await journalKeys(schedule.store)).toEqual([]);
  });

  it("says how and why in each line", async () => {
    const schedule = await scheduleWith(
      [
        `${AT}|out|a|moved`,
        `${AT}|mail|b|called`,
        `${AT}|elsewhere|c|dead~x5000`.replace("~x5000", ""),
        `2026-12-24T11:00:00.000Z|out|d|late~x60000`,
        `${AT}|mail|bad|fails`,
        `${AT}|out|by-hand`,
        `${AT}|mail|never|rejected`,
      ],
      { move: true },
    );
    const deliver = async ({ key }: { key: string }) => {
      if (key === "never") return { outcome: "rejected", message: "not this one" } as const;
      return key === "bad"
        ? ({ outcome: "failed", message: "no".repeat(1_000), undecided: true } as const)
        : ({ outcome: "delivered" } as const);
    };
    await sweeperOf(schedule, {
      ...JOURNALED,
      allowTargets: ["out/*"],
      destinations: { mail: { deliver } },
    }).sweep();
    const entries = await entriesOf(schedule);
    const seen = entries.map(({ target, ...entry }) => [target.key, entry] as const);
    expect(Object.fromEntries(seen)).toMatchObject({
      a: { outcome: "delivered", by: "move", deliveryId: "moved" },
      b: { outcome: "delivered", by: "destination" },
      never: {
        outcome: "dead",
        reason: "rejected",
        error: { code: "rejected", message: expect.stringContaining("not this one") },
      },
      c: {
        outcome: "dead",
        reason: "target-not-allowed",
        message: expect.stringContaining("out/*"),
      },
      d: { outcome: "expired", expiredAt: new Date("2026-12-24T11:01:00.000Z") },
      bad: { outcome: "failed", error: { code: "failed", undecided: true } },
      "by-hand": { outcome: "delivered", by: "move" },
    });
    expect(entries.find(({ outcome }) => outcome === "failed")?.error?.message).toHaveLength(1_000);
    const byHand = entries.find(({ target }) => target.key === "by-hand");
    expect(byHand).not.toHaveProperty("deliveryId");
  });

  it("says when a failed event is tried next, and a later sweep tries it then", async () => {
    const schedule = testSchedule();
    await createScheduler(schedule).schedule({ at: AT, to: { bucket: "mail", key: "k" } });
    const deliver = async () => ({ outcome: "failed", message: "not now" }) as const;
    const sweeper = sweeperOf(schedule, { ...JOURNALED, destinations: { mail: { deliver } } });
    const seen: (Date | undefined)[] = [];
    for (let minute = 0; minute < 10; minute++) {
      await sweeper.sweep();
      await schedule.clock.advance("1m");
    }
    const entries = await entriesOf(schedule);
    for (const { at, nextTryAt } of entries) seen.push(at, nextTryAt);
    const minutes = seen.map((one) => (Number(one) - Date.parse(NOON)) / 60_000);
    expect(minutes).toEqual([0, 1, 1, 3, 3, 7, 7, 15]);
  });

  it("says that a failed event is not tried while its destination wants no events", async () => {
    const schedule = testSchedule();
    await createScheduler(schedule).schedule({ at: AT, to: { bucket: "mail", key: "k" } });
    const calledMs: number[] = [];
    const deliver = async () => {
      calledMs.push(schedule.clock.now());
      return { outcome: "slow-down", message: "full", retryAfterMs: 100_000 } as const;
    };
    const sweeper = sweeperOf(schedule, { ...JOURNALED, destinations: { mail: { deliver } } });
    for (let second = 0; second < 110; second += 10) {
      await Promise.all([sweeper.sweep(), schedule.clock.advance("10s")]);
    }
    expect(calledMs).toEqual([Date.parse(NOON), Date.parse(NOON) + 100_000]);
    const [first, second] = await entriesOf(schedule);
    expect(first?.nextTryAt?.getTime()).toBe(calledMs[1]);
    expect(second?.nextTryAt).toEqual(new Date(Date.parse(NOON) + 200_000));
  });

  it("does not say when it is tried next where no lease remembers tries", async () => {
    const schedule = testSchedule({ clock: "none" });
    await writeByHand(schedule.store, `${AT}|mail|k|id`);
    const deliver = async () => ({ outcome: "failed", message: "not now" }) as const;
    await sweeperOf(schedule, { ...JOURNALED, destinations: { mail: { deliver } } }).sweep();
    const [entry] = await entriesOf(schedule);
    expect(entry).toMatchObject({ outcome: "failed" });
    expect(entry).not.toHaveProperty("nextTryAt");
  });

  it("says that an event was found at its target", async () => {
    const schedule = testSchedule();
    await createScheduler(schedule).schedule({ at: AT, to: { bucket: "out", key: "k" } });
    const lost = faultyStore(schedule.store, {
      before: ({ kind }) => (kind === "delete" ? storeError("denied", "delete") : undefined),
    });
    await createSweeper({ ...schedule, store: lost, allowTargets: ["*"], ...JOURNALED }).sweep();
    await schedule.clock.advance("2m");
    await sweeperOf(schedule, JOURNALED).sweep();
    const outcomes = (await entriesOf(schedule)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["delivered", "already-delivered"]);
  });

  it("writes what happens in all partitions into one object", async () => {
    const schedule = await shardedSchedule(4);
    await scheduleNumbered(schedule, 20, "map");
    await schedule.clock.advance("2m");
    const report = await sweeperOf(schedule, JOURNALED).sweep();
    expect(report).toMatchObject({ delivered: 20, shards: { swept: 5 } });
    expect(await journalKeys(schedule.store)).toHaveLength(1);
    expect(await entriesOf(schedule)).toHaveLength(20);
  });

  it("writes parts of about a million characters", async () => {
    const key = "k".repeat(900);
    const ids = Array.from({ length: 600 }, (_, index) => `${AT}|out|${key}${index}|id`);
    const schedule = await scheduleWith(ids);
    await sweeperOf(schedule, JOURNALED).sweep();
    const { objects } = await schedule.store.list({
      bucket: "schedule",
      prefix: "keywhen/journal/",
    });
    expect(objects).toHaveLength(2);
    expect(Math.max(...objects.map(({ size }) => size))).toBeLessThan(1_005_000);
    expect(await entriesOf(schedule)).toHaveLength(600);
  });

  it("writes at most once a minute while it sweeps on, and what is left when it is stopped", async () => {
    const schedule = testSchedule();
    for (let second = 1; second <= 290; second++) {
      const at = new Date(schedule.clock.now() + second * 1_000).toISOString();
      await writeByHand(schedule.store, `${at}|out|${second}|id`);
    }
    const { events, observe } = observed();
    const { sent, store } = record(schedule.store);
    const options = { ...schedule, store, allowTargets: ["*"], ...JOURNALED, observe };
    const sweeping = createSweeper(options).start();
    await schedule.clock.advance("270s");
    expect(await journalKeys(schedule.store)).toHaveLength(4);
    await passing(schedule, "5s", sweeping.stop());
    expect(schedule.clock.sleepers).toBe(0);
    expect(await journalKeys(schedule.store)).toHaveLength(5);
    expect(await entriesOf(schedule)).toHaveLength(270);
    const reports = events.filter((event) => event.type === "swept");
    const putsOf = (puts: number, event: (typeof reports)[number]) =>
      puts + event.report.requests.put;
    const puts = sent.filter((request) => request.startsWith("put")).length;
    // A report counts what was sent before its sweep began: not the last two parts.
    expect(reports.reduce(putsOf, 0)).toBe(puts - 2);
  });

  it("writes a line within a minute, even if nothing else becomes of any event", async () => {
    const schedule = await scheduleWith([ID]);
    const options = { ...schedule, allowTargets: ["*"], ...JOURNALED };
    const sweeping = createSweeper(options).start();
    await schedule.clock.advance("61s");
    expect(await entriesOf(schedule)).toMatchObject([{ id: ID }]);
    await passing(schedule, "5s", sweeping.stop());
  });

  it("starts a new part when the clock is set back", async () => {
    const schedule = testSchedule();
    const at = (second: number) => new Date(schedule.clock.now() + second * 1_000).toISOString();
    for (const second of [1, 2])
      await writeByHand(schedule.store, `${at(second)}|mail|${second}|id`);
    const deliver = async ({ key }: { key: string }) => {
      if (key === "2") schedule.clock.set("2026-12-24T11:59:58.000Z");
      return { outcome: "delivered" } as const;
    };
    const sweeper = createSweeper({
      ...schedule,
      destinations: { mail: { deliver } },
      ...JOURNALED,
    });
    await passing(schedule, "3m", sweeper.sweep({ lookAhead: "1m" }));
    expect(await journalKeys(schedule.store)).toHaveLength(2);
    expect((await entriesOf(schedule)).map(({ target }) => target.key)).toEqual(["2", "1"]);
  });

  it("reports a journal that can't be written, and delivers", async () => {
    const schedule = await scheduleWith([ID]);
    const { events, observe } = observed();
    const denied = onJournalPut(schedule, () => Promise.reject(storeError("denied", "put")));
    const sweeper = createSweeper({ ...denied, allowTargets: ["*"], ...JOURNALED, observe });
    expect(await sweeper.sweep()).toMatchObject({
      delivered: 1,
      lease: "taken",
      errors: [{ type: "journal-failed", code: "denied", message: "put b: made-up denied" }],
    });
    const failed = events.filter(({ type }) => type === "journal-failed");
    expect(failed).toMatchObject([{ lines: 1, error: { code: "denied" } }]);
    expect(events.at(-1)).toMatchObject({ type: "swept", report: { delivered: 1 } });
  });

  it("tries a throttled journal three times", async () => {
    const schedule = await scheduleWith([ID]);
    let tries = 0;
    const throttled = onJournalPut(schedule, () => {
      tries += 1;
      return tries < 3 ? Promise.reject(storeError("throttled", "put")) : Promise.resolve();
    });
    const sweeper = createSweeper({ ...throttled, allowTargets: ["*"], ...JOURNALED });
    expect(await passing(schedule, "1s", sweeper.sweep())).toMatchObject({ errors: [] });
    await writeAllowed(schedule.store);
    tries = -1;
    expect(await passing(schedule, "1s", sweeper.sweep())).toMatchObject({
      delivered: 1,
      errors: [{ type: "journal-failed", code: "throttled" }],
    });
    expect(tries).toBe(2);
  });

  it("waits for a hanging journal for 5 s, and holds the lease no longer for it", async () => {
    const schedule = await scheduleWith([ID]);
    const { sent, store } = record(schedule.store);
    const hanging = onJournalPut({ ...schedule, store }, never);
    const sweeper = createSweeper({ ...hanging, allowTargets: ["*"], ...JOURNALED });
    const startedMs = schedule.clock.now();
    const sweeping = sweeper.sweep().then((report) => ({ report, endedMs: schedule.clock.now() }));
    await schedule.clock.advance("4s");
    expect(
      sent.filter((request) => request === "put schedule/keywhen/lease/sweep.json"),
    ).toHaveLength(2);
    const { report, endedMs } = await passing(schedule, "20s", sweeping);
    expect(endedMs - startedMs).toBe(5_000);
    expect(report).toMatchObject({
      delivered: 1,
      errors: [{ type: "journal-failed", code: "aborted" }],
    });
    expect(schedule.clock.sleepers).toBe(0);
  });

  it("ends with a hanging journal before its deadline, and soon after an abort", async () => {
    const schedule = await scheduleWith([ID]);
    const hanging = onJournalPut(schedule, never);
    const sweeper = createSweeper({ ...hanging, allowTargets: ["*"], ...JOURNALED });
    const deadline = new Date(schedule.clock.now() + 4_000);
    const ended = sweeper.sweep({ deadline }).then(() => schedule.clock.now());
    expect(await passing(schedule, "10s", ended)).toBeLessThan(deadline.getTime());
    await writeAllowed(schedule.store);
    const abort = new AbortController();
    const startedMs = schedule.clock.now();
    const aborted = sweeper.sweep({ signal: abort.signal }).then(() => schedule.clock.now());
    await schedule.clock.advance("1ms");
    abort.abort();
    expect((await passing(schedule, "10s", aborted)) - startedMs).toBeLessThan(5_000);
  });

  it("stops within 5 s although the journal hangs", async () => {
    const schedule = await scheduleWith([ID]);
    const hanging = onJournalPut(schedule, never);
    const { types, observe } = observed();
    const options = { ...hanging, allowTargets: ["*"], ...JOURNALED, observe };
    const sweeping = createSweeper(options).start();
    await schedule.clock.advance("30s");
    const startedMs = schedule.clock.now();
    const stopped = sweeping.stop().then(() => schedule.clock.now() - startedMs);
    expect(await passing(schedule, "10s", stopped)).toBeLessThanOrEqual(5_000);
    expect(types).toContain("delivered");
    expect(types.at(-1)).toBe("journal-failed");
  });

  it("drops what a slow store leaves no room for, and delivers everything", async () => {
    const schedule = await scheduleWith(numbered(30_000));
    const hanging = onJournalPut(schedule, never);
    const { events, observe } = observed();
    const sweeper = createSweeper({ ...hanging, allowTargets: ["*"], ...JOURNALED, observe });
    const report = await passing(schedule, "20s", sweeper.sweep());
    expect(report).toMatchObject({ delivered: 30_000 });
    const failed = events.filter((event) => event.type === "journal-failed");
    expect(failed.reduce((sum, { lines }) => sum + lines, 0)).toBe(30_000);
    const codes = failed.map(({ error }) => error.code);
    expect(codes.filter((code) => code === "aborted")).toHaveLength(5); // one is sent, four wait
    expect(codes[0]).toBe("unavailable");
    expect(failed[0]?.error.message).toContain("the store is too slow");
  });

  it("writes what was delivered before a sweep failed", async () => {
    const schedule = await scheduleWith(numbered(100));
    let copies = 0;
    const store = faultyStore(schedule.store, {
      before({ kind }) {
        if (kind === "copy") copies += 1;
        return kind === "copy" && copies > 70
          ? new KeywhenError("invalid-option", "a wrong setting")
          : undefined;
      },
    });
    const sweeper = createSweeper({ ...schedule, store, allowTargets: ["*"], ...JOURNALED });
    await expect(sweeper.sweep()).rejects.toThrow("a wrong setting");
    expect(await entriesOf(schedule)).toHaveLength(70);
  });

  it("reports what is no error of the store, such as a wrong setting", async () => {
    const schedule = await scheduleWith([ID]);
    const wrong = onJournalPut(schedule, () =>
      Promise.reject(new KeywhenError("invalid-option", "a wrong setting")),
    );
    const sweeper = createSweeper({ ...wrong, allowTargets: ["*"], ...JOURNALED });
    expect(await sweeper.sweep()).toMatchObject({
      delivered: 1,
      errors: [{ type: "journal-failed", code: "unexpected" }],
    });
  });

  it("refuses anything but true and false", () => {
    const journal = "yes" as unknown as boolean;
    expect(() => createSweeper({ ...testSchedule(), allowTargets: ["*"], journal })).toThrow(
      'journal must be true or false (got "yes").',
    );
  });
});

it("finds an event's entries by its id, from its due instant on", async () => {
  const schedule = testSchedule();
  const scheduler = createScheduler(schedule);
  const sweeper = sweeperOf(schedule, JOURNALED);
  const ids: string[] = [];
  for (const key of ["a", "b", "c"]) {
    const { id } = await scheduler.schedule({ in: "1h", to: { bucket: "out", key } });
    ids.push(id);
    await schedule.clock.advance("2h");
    await sweeper.sweep();
  }
  await schedule.clock.advance("1s");
  const { sent, store } = record(schedule.store);
  const found = await entriesOf({ ...schedule, store }, { id: `keywhen/pending/${ids[1]}` });
  expect(found).toMatchObject([{ id: ids[1], outcome: "delivered", target: { key: "b" } }]);
  expect(sent.filter((request) => request.startsWith("get"))).toHaveLength(2); // the later ones
});
