import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type { ObjectStore } from "../store/object-store.js";
import { failing, observed, passing, slowed } from "../test-support/sweeps.js";
import {
  failFirst,
  keysOf,
  storeError,
  sweeperOf,
  testSchedule,
  textOf,
  waitingIn,
  watch,
  writeByHand,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";

const LEASE = { bucket: "schedule", key: "keywhen/lease/sweep.json" };
const AHEAD = { lookAhead: "1m" } as const;
const iso = (time: string) => `2026-12-24T${time}Z`;

describe("a sweep that looks ahead", () => {
  it("delivers each event at its instant, to the end of the next full minute", async () => {
    const home = testSchedule();
    await home.clock.advance("20s");
    for (const time of ["12:00:10.000", "12:00:20.500", "12:01:00.000", "12:01:59.999"]) {
      await writeByHand(home.store, `${iso(time)}|out|${time}|id`);
    }
    await writeByHand(home.store, `${iso("12:02:00.000")}|out|next|id`);
    const { delivered, observe } = watch(home);
    expect(await passing(home, "110s", sweeperOf(home, { observe }).sweep(AHEAD))).toMatchObject({
      delivered: 4,
      due: 4,
      truncated: false,
      lease: "taken",
    });
    expect(delivered).toEqual([
      "12:00:20.000 12:00:10.000 +10000",
      "12:00:20.500 12:00:20.500 +0",
      "12:01:00.000 12:01:00.000 +0",
      "12:01:59.999 12:01:59.999 +0",
    ]);
    expect(await waitingIn(home.store)).toEqual([`${iso("12:02:00.000")}|out|next|id`]);
  });

  it("finds at the next poll what is written at short notice", async () => {
    const home = testSchedule();
    const { delivered, observe } = watch(home);
    const sweeping = sweeperOf(home, { observe }).sweep({ ...AHEAD, poll: "2s" });
    await home.clock.advance("2500ms");
    await writeByHand(home.store, `${iso("12:00:02.600")}|out|late|id`);
    await writeByHand(home.store, `${iso("12:00:04.100")}|out|in time|id`.replace(" ", "%20"));
    await home.clock.advance("3m");
    expect(await sweeping).toMatchObject({ delivered: 2 });
    expect(delivered).toEqual(["12:00:04.000 late +1400", "12:00:04.100 in time +0"]);
  });

  it("polls to the end of its range even if its first list is empty, one LIST a poll", async () => {
    const home = testSchedule();
    const sweeping = sweeperOf(home).sweep({ ...AHEAD, poll: "5s" });
    await home.clock.advance("2m");
    const { requests, durationMs } = await sweeping;
    expect(durationMs).toBe(120_000);
    expect(requests).toMatchObject({ list: 25, copy: 0, delete: 0 });
    expect(requests.get + requests.put).toBeLessThanOrEqual(14); // taken, renewed every 30 s, released
  });

  it.each([
    { poll: "5s", listMs: 1_000, lists: 25 }, // from the start of one list to the next
    { poll: "1s", listMs: 1_000, lists: 81 }, // half a poll of rest, however slow the store is
  ] as const)(
    "lists every $poll though a list takes $listMs ms, and rests in between",
    async (way) => {
      const home = testSchedule();
      const sweeper = sweeperOf(slowed(home, "list", way.listMs));
      const sweeping = sweeper.sweep({ ...AHEAD, poll: way.poll });
      await home.clock.advance("130s");
      expect((await sweeping).requests.list).toBe(way.lists);
    },
  );

  it("doesn't deliver what is cancelled before its instant", async () => {
    const home = testSchedule();
    const scheduler = createScheduler(home);
    const { id } = await scheduler.schedule({ in: "30s", to: { bucket: "out", key: "k" } });
    const sweeping = sweeperOf(home).sweep(AHEAD);
    await home.clock.advance("10s");
    expect((await scheduler.cancel(id)).outcome).toBe("cancelled");
    await home.clock.advance("2m");
    expect(await sweeping).toMatchObject({ delivered: 0, gone: 1 });
    expect(await keysOf(home.store, "out")).toEqual([]);
  });

  it("blocks a newer event whose instant comes while the older one waits for its next try", async () => {
    const home = testSchedule();
    const before = failFirst("copy", 1, storeError("denied", "copy"));
    await writeByHand(home.store, `${iso("12:00:01.000")}|out|k|older`, "older");
    await writeByHand(home.store, `${iso("12:00:09.000")}|out|k|newer`, "newer");
    await home.clock.advance("3s");
    const { delivered, observe } = watch(home);
    const store = faultyStore(home.store, { before });
    const sweeping = sweeperOf({ ...home, store }, { observe }).sweep(AHEAD);
    await home.clock.advance("2m");
    await sweeping;
    expect(delivered).toEqual(["12:01:03.000 k +62000", "12:01:03.000 k +54000"]);
  });

  it("waits without polling the clock", async () => {
    const home = testSchedule();
    let sleeps = 0;
    const clock = {
      ...home.clock,
      sleep: (...call: Parameters<typeof home.clock.sleep>) => {
        sleeps += 1;
        return home.clock.sleep(...call);
      },
    };
    await writeByHand(home.store, `${iso("12:01:30.000")}|out|k|id`);
    const sweeping = sweeperOf({ ...home, clock }).sweep({ ...AHEAD, poll: "30s" });
    await home.clock.advance("2m");
    await sweeping;
    expect(sleeps).toBeLessThan(200); // once a second for the lease, and little else
  });

  it("tries a failed event again by its back-off, and blocks the newer one of its target", async () => {
    const home = testSchedule();
    const before = failFirst("copy", 1, storeError("denied", "copy"));
    const tries: string[] = [];
    const store = recordingStore(faultyStore(home.store, { before }), ({ kind, key }) => {
      const now = new Date(home.clock.now()).toISOString().slice(14, 19);
      if (kind === "copy") tries.push(`${now} ${key}`);
    });
    await writeByHand(home.store, `${iso("11:59:00.000")}|out|k|older`, "older");
    await writeByHand(home.store, `${iso("12:00:01.000")}|out|k|newer`, "newer");
    await home.clock.advance("2500ms");
    const sweeper = sweeperOf({ ...home, store });
    const sweeping = sweeper.sweep({ ...AHEAD, poll: "5s" });
    await home.clock.advance("2m");
    const report = await sweeping;
    expect(tries).toEqual(["00:02 k", "01:02 k", "01:02 k"]); // a minute after it was stored
    expect(report).toMatchObject({ delivered: 2, retrying: 0, blocked: 0, due: 2 });
    expect(await textOf(home.store, "out", "k")).toBe("newer");
  });

  it("reports what it leaves behind if it is stopped between two listings", async () => {
    const home = testSchedule();
    await writeByHand(home.store, `${iso("11:59:00.000")}|out|k|id`);
    const store = failing(home.store, "copy", "denied");
    const seen: SweepEvent[] = [];
    const abort = new AbortController();
    const options = { observe: (event: SweepEvent) => seen.push(event) };
    const sweeping = sweeperOf({ ...home, store }, options).sweep({
      ...AHEAD,
      signal: abort.signal,
    });
    await home.clock.advance("2s");
    abort.abort();
    await home.clock.advance("10s");
    expect(await sweeping).toMatchObject({
      truncated: "aborted",
      due: 1,
      retrying: 1,
      oldestDueAt: new Date(iso("11:59:00.000")),
    });
    expect(seen.filter(({ type }) => type === "relisted")).toEqual([]);
  });

  it("goes on if a poll fails", async () => {
    const home = testSchedule();
    await writeByHand(home.store, `${iso("12:01:30.000")}|out|k|id`);
    let lists = 0;
    const before = ({ kind }: { kind: string }) => {
      if (kind !== "list") return undefined;
      lists += 1;
      return lists > 1 && lists < 8 ? storeError("unavailable", "list") : undefined;
    };
    const seen: SweepEvent[] = [];
    const sweeping = sweeperOf(
      { ...home, store: faultyStore(home.store, { before }) },
      { observe: (event) => seen.push(event) },
    ).sweep(AHEAD);
    await home.clock.advance("121s");
    expect(await sweeping).toMatchObject({ delivered: 1, truncated: false });
    expect(seen.filter(({ type }) => type === "list-failed")).not.toEqual([]);
  });

  it("keeps the lease until all that is under way has ended, also if its first listing breaks off", async () => {
    const home = testSchedule();
    const scheduler = createScheduler(home);
    for (let index = 0; index < 1_100; index++) {
      await scheduler.schedule({ in: "20ms", to: { bucket: "out", key: `${index}` } });
    }
    await home.clock.advance("1s");
    const steps: string[] = [];
    const store: ObjectStore = {
      ...recordingStore(home.store, ({ kind, key }) => {
        if (kind === "put" && key?.includes("lease")) steps.push("lease");
      }),
      list: async (page, call) => {
        if (page.startAfter?.includes("|out|")) throw storeError("denied", "list");
        return home.store.list(page, call);
      },
      copy: async (...call) => {
        await home.clock.sleep(2_000);
        steps.push("copied");
        return home.store.copy(...call);
      },
    };
    const abort = new AbortController();
    const sweeping = sweeperOf({ ...home, store }).sweep({ ...AHEAD, signal: abort.signal });
    await home.clock.advance("1s");
    abort.abort();
    await home.clock.advance("10s");
    const report = await sweeping;
    expect(report).toMatchObject({ truncated: "aborted", undeleted: 0 });
    expect(steps.lastIndexOf("copied")).toBeLessThan(steps.lastIndexOf("lease"));
    expect(await keysOf(home.store, "out")).toHaveLength(report.delivered);
  });

  it("winds down when it is aborted, and frees the lease", async () => {
    const home = testSchedule();
    await writeByHand(home.store, `${iso("12:01:30.000")}|out|k|id`);
    const abort = new AbortController();
    const sweeping = sweeperOf(home).sweep({ ...AHEAD, signal: abort.signal });
    await home.clock.advance("10s");
    abort.abort();
    await home.clock.advance("1ms");
    expect(await sweeping).toMatchObject({ truncated: "aborted", delivered: 0 });
    const opened = await home.store.get(LEASE);
    expect(JSON.parse(await new Response(opened?.body).text())).toMatchObject({ holders: [] });
  });
});

describe("a listing whose second page is long in coming", () => {
  it("starts the events of the first one, and no newer event overtakes an older one", async () => {
    const home = testSchedule();
    for (let index = 0; index < 1_000; index++) {
      await writeByHand(home.store, `${iso("12:00:01.000")}|out|${index}|id`);
    }
    await writeByHand(home.store, `${iso("12:00:02.000")}|out|7|newer`);
    const list: ObjectStore["list"] = async (page, call) => {
      const isSecond = page.startAfter?.includes("12:00:01.000") === true;
      if (isSecond) await home.clock.sleep(5_000);
      return home.store.list(page, call);
    };
    const { delivered, observe } = watch(home);
    const store = { ...home.store, list };
    const sweeping = sweeperOf({ ...home, store }, { observe }).sweep(AHEAD);
    await home.clock.advance("4s");
    expect(delivered.filter((line) => line.endsWith("+0"))).toHaveLength(1_000);
    await home.clock.advance("2m");
    expect(await sweeping).toMatchObject({ delivered: 1_001 });
    expect(await textOf(home.store, "out", "7")).toContain("newer");
  });

  it("throws if not even its first page can be listed, and releases the lease", async () => {
    const home = testSchedule();
    const denied = storeError("denied", "list");
    const store = faultyStore(home.store, { before: failFirst("list", 1, denied) });
    await expect(sweeperOf({ ...home, store }).sweep(AHEAD)).rejects.toBe(denied);
    await home.clock.advance("1s");
    const opened = await home.store.get(LEASE);
    expect(JSON.parse(await new Response(opened?.body).text())).toMatchObject({ holders: [] });
    expect(home.clock.sleepers).toBe(0);
  });

  it("delivers what the first pages had if a later one can't be listed, and reports that", async () => {
    const home = testSchedule();
    for (let index = 0; index < 1_100; index++) {
      await writeByHand(home.store, `${iso("12:00:10.000")}|out|${index}|id`, "");
    }
    let lists = 0;
    const list: ObjectStore["list"] = async (...call) => {
      lists += 1;
      if (lists === 2) throw storeError("denied", "list");
      return home.store.list(...call);
    };
    const { types, observe } = observed();
    const sweeping = sweeperOf({ ...home, store: { ...home.store, list } }, { observe }).sweep(
      AHEAD,
    );
    await home.clock.advance("2m");
    expect(await sweeping).toMatchObject({ delivered: 1_100, truncated: false });
    expect(types.filter((type) => type === "list-failed")).toHaveLength(1);
  });

  it("reports an unrecognized object once, however often it lists", async () => {
    const home = testSchedule();
    await writeByHand(home.store, "0000-not-an-event");
    const { types, observe } = observed();
    expect(await passing(home, "2m", sweeperOf(home, { observe }).sweep(AHEAD))).toMatchObject({
      unrecognized: 1,
      listed: 1,
    });
    expect(types.filter((type) => type === "unrecognized")).toHaveLength(1);
  });

  it("needs no comparison of clocks where one serves", async () => {
    const home = testSchedule({ clock: "shared" });
    await writeByHand(home.store, `${iso("12:00:30.000")}|out|k|id`);
    expect(await passing(home, "2m", sweeperOf(home).sweep(AHEAD))).toMatchObject({
      delivered: 1,
      skewMs: undefined,
    });
  });

  it("ends immediately if it is aborted while it lists", async () => {
    for (const which of [1, 2]) {
      const home = testSchedule();
      const abort = new AbortController();
      let lists = 0;
      const list: ObjectStore["list"] = (...call) => {
        lists += 1;
        if (lists < which) return home.store.list(...call);
        abort.abort();
        return new Promise(() => {});
      };
      const { types, observe } = observed();
      const store = { ...home.store, list };
      const sweeping = sweeperOf({ ...home, store }, { observe }).sweep({
        ...AHEAD,
        signal: abort.signal,
      });
      await home.clock.advance("6s");
      expect(await sweeping).toMatchObject({ truncated: "aborted" });
      expect(types).not.toContain("list-failed");
    }
  });
});
