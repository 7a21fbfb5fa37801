import { describe, expect, it } from "vitest";
import { createScheduler } from "../../scheduler/create-scheduler.js";
import type { ObjectStore } from "../../store/object-store.js";
import {
  failFirst,
  keysOf,
  storeError,
  sweeperOf,
  type TestHome,
  testHome,
  textOf,
  waitingIn,
  writeByHand,
} from "../../test-support/test-home.js";
import { faultyStore, recordingStore } from "../../testing/faulty-store.js";
import { createSweeper } from "../create-sweeper.js";
import type { SweepEvent } from "../reporting/sweep-event.js";

const LEASE = { bucket: "schedule", key: "keywhen/lease/sweep.json" };
const AHEAD = { lookAhead: "1m" } as const;
const iso = (time: string) => `2026-12-24T${time}Z`;

/** What is delivered, and when. */
function watch(home: TestHome) {
  const delivered: string[] = [];
  const observe = (event: SweepEvent) => {
    if (event.type !== "delivered") return;
    const now = new Date(home.clock.now()).toISOString().slice(11, 23);
    delivered.push(`${now} ${event.to.key} +${event.latenessMs}`);
  };
  return { delivered, observe };
}

describe("a sweep that looks ahead", () => {
  it("delivers each event at its instant, to the end of the next full minute", async () => {
    const home = testHome();
    await home.clock.advance("20s");
    for (const time of ["12:00:10.000", "12:00:20.500", "12:01:00.000", "12:01:59.999"]) {
      await writeByHand(home.store, `${iso(time)}|out|${time}|id`);
    }
    await writeByHand(home.store, `${iso("12:02:00.000")}|out|next|id`);
    const { delivered, observe } = watch(home);
    const sweeping = sweeperOf(home, { observe }).sweep(AHEAD);
    await home.clock.advance("110s");
    expect(await sweeping).toMatchObject({
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
    const home = testHome();
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
    const home = testHome();
    const sweeping = sweeperOf(home).sweep({ ...AHEAD, poll: "5s" });
    await home.clock.advance("2m");
    const { requests, durationMs } = await sweeping;
    expect(durationMs).toBe(120_000);
    expect(requests).toMatchObject({ list: 25, copy: 0, delete: 0 });
    expect(requests.get + requests.put).toBeLessThanOrEqual(14); // taken, renewed every 30 s, released
  });

  it("doesn't deliver what is cancelled before its instant", async () => {
    const home = testHome();
    const scheduler = createScheduler(home);
    const { id } = await scheduler.schedule({ in: "30s", to: { bucket: "out", key: "k" } });
    const sweeping = sweeperOf(home).sweep(AHEAD);
    await home.clock.advance("10s");
    expect((await scheduler.cancel(id)).outcome).toBe("cancelled");
    await home.clock.advance("2m");
    expect(await sweeping).toMatchObject({ delivered: 0, gone: 1 });
    expect(await keysOf(home.store, "out")).toEqual([]);
  });

  it("starts a burst at its instant", async () => {
    const home = testHome();
    for (let index = 0; index < 300; index++) {
      await writeByHand(home.store, `${iso("12:00:30.000")}|out|${index}|id`);
    }
    const store: ObjectStore = {
      ...home.store,
      copy: async (...call) => {
        await home.clock.sleep(10);
        return home.store.copy(...call);
      },
    };
    const sweeping = sweeperOf({ ...home, store }).sweep(AHEAD);
    await home.clock.advance("2m");
    const report = await sweeping;
    expect(report).toMatchObject({ delivered: 300, concurrencyReached: 64 });
    expect(report.latenessMs).toMatchObject({ min: 0, max: 40 }); // at the store's rate
  });

  it("delivers a backlog without a break, however slow the store is", async () => {
    const home = testHome();
    for (let number = 10; number < 40; number++) {
      await writeByHand(home.store, `${iso("11:50:00.000")}|out|${number}|id`);
    }
    const slow: ObjectStore["copy"] = async (...call) => {
      await home.clock.sleep(1_000);
      return home.store.copy(...call);
    };
    const store = { ...home.store, copy: slow };
    const { delivered, observe } = watch(home);
    const sweeping = sweeperOf({ ...home, store }, { observe, concurrency: 1 }).sweep(AHEAD);
    await home.clock.advance("31s");
    expect(delivered).toHaveLength(30);
    await home.clock.advance("2m");
    expect(await sweeping).toMatchObject({ delivered: 30 });
  });

  it("takes no event in twice, however often it lists while a burst goes out", async () => {
    const home = testHome();
    for (let index = 0; index < 3_000; index++) {
      await writeByHand(home.store, `${iso("12:00:10.000")}|out|${index}|id`, "");
    }
    const store: ObjectStore = {
      ...home.store,
      copy: async (...call) => {
        await home.clock.sleep(100);
        return home.store.copy(...call);
      },
    };
    const sweeping = sweeperOf({ ...home, store }).sweep({ ...AHEAD, poll: "500ms" });
    await home.clock.advance("2m");
    const { delivered, gone, due, requests } = await sweeping;
    expect([delivered, gone, due, requests.copy]).toEqual([3_000, 0, 3_000, 3_000]);
  });

  it("holds a younger event whose instant comes while its elder waits for its next try", async () => {
    const home = testHome();
    const before = failFirst("copy", 1, storeError("denied", "copy"));
    await writeByHand(home.store, `${iso("12:00:01.000")}|out|k|elder`, "elder");
    await writeByHand(home.store, `${iso("12:00:09.000")}|out|k|younger`, "younger");
    await home.clock.advance("3s");
    const { delivered, observe } = watch(home);
    const store = faultyStore(home.store, { before });
    const sweeping = sweeperOf({ ...home, store }, { observe }).sweep(AHEAD);
    await home.clock.advance("2m");
    await sweeping;
    expect(delivered).toEqual(["12:01:03.000 k +62000", "12:01:03.000 k +54000"]);
  });

  it("keeps ten thousand in memory and lists the rest again as they go", async () => {
    const home = testHome();
    for (let index = 0; index < 12_500; index++) {
      const second = String(10 + Math.floor(index / 400)).padStart(2, "0");
      await writeByHand(home.store, `${iso(`12:00:${second}.000`)}|out|${index}|id`, "");
    }
    const sweeping = sweeperOf(home).sweep(AHEAD);
    await home.clock.advance("2m");
    const report = await sweeping;
    expect(report).toMatchObject({ delivered: 12_500, truncated: false });
    expect(report.latenessMs?.max).toBe(0);
  });

  it("waits without polling the clock", async () => {
    const home = testHome();
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

  it("tries a failed event again by its back-off, holding the younger of its target", async () => {
    const home = testHome();
    const before = failFirst("copy", 1, storeError("denied", "copy"));
    const tries: string[] = [];
    const store = recordingStore(faultyStore(home.store, { before }), ({ kind, key }) => {
      const now = new Date(home.clock.now()).toISOString().slice(14, 19);
      if (kind === "copy") tries.push(`${now} ${key}`);
    });
    await writeByHand(home.store, `${iso("11:59:00.000")}|out|k|elder`, "elder");
    await writeByHand(home.store, `${iso("12:00:01.000")}|out|k|younger`, "younger");
    await home.clock.advance("2500ms");
    const sweeper = sweeperOf({ ...home, store });
    const sweeping = sweeper.sweep({ ...AHEAD, poll: "5s" });
    await home.clock.advance("2m");
    const report = await sweeping;
    expect(tries).toEqual(["00:02 k", "01:02 k", "01:02 k"]); // a minute after it was stored
    expect(report).toMatchObject({ delivered: 2, retrying: 0, held: 0, due: 2 });
    expect(await textOf(home.store, "out", "k")).toBe("younger");
  });

  it("goes on if a poll fails", async () => {
    const home = testHome();
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
    const home = testHome();
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
    const home = testHome();
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

describe("a clock that is set while a sweep looks ahead", () => {
  it("forward: delivers nothing early, and stops at the next answer", async () => {
    const home = testHome();
    await writeByHand(home.store, `${iso("12:00:30.000")}|out|k|id`);
    await writeByHand(home.store, `${iso("12:00:10.000")}|out|first|id`);
    const wrong = { offsetMs: 0 };
    const clock = { ...home.clock, now: () => home.clock.now() + wrong.offsetMs };
    const sweeping = sweeperOf({ ...home, clock }).sweep(AHEAD);
    await home.clock.advance("7s");
    wrong.offsetMs = 3_600_000;
    await home.clock.advance("10s");
    const report = await sweeping;
    expect(report.truncated).toMatch(/^(?:clock-skew|lease-lost)$/);
    expect(await keysOf(home.store, "out")).toEqual([]);
  });

  it("back: stops, so that another one delivers in time", async () => {
    const home = testHome();
    await writeByHand(home.store, `${iso("12:00:30.000")}|out|k|id`);
    const wrong = { offsetMs: 0 };
    const clock = { ...home.clock, now: () => home.clock.now() + wrong.offsetMs };
    const sweeping = sweeperOf({ ...home, clock }).sweep(AHEAD);
    await home.clock.advance("7s");
    wrong.offsetMs = -3_600_000;
    await home.clock.advance("10s");
    expect(await sweeping).toMatchObject({ truncated: "clock-skew", delivered: 0 });
    const other = sweeperOf(home).sweep(AHEAD);
    await home.clock.advance("2m");
    expect(await other).toMatchObject({ delivered: 1, latenessMs: { max: 0 } });
  });
});

describe("a listing whose second page is long in coming", () => {
  it("keeps nothing of the first one waiting, nor lets a younger event overtake an elder one", async () => {
    const home = testHome();
    for (let index = 0; index < 1_000; index++) {
      await writeByHand(home.store, `${iso("12:00:01.000")}|out|${index}|id`);
    }
    await writeByHand(home.store, `${iso("12:00:02.000")}|out|7|younger`);
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
    expect(await textOf(home.store, "out", "7")).toContain("younger");
  });
});

describe("a clock that is wrong from the start", () => {
  it("takes no lease, which would only keep others out", async () => {
    const home = testHome();
    const requests: string[] = [];
    const store = recordingStore(home.store, ({ kind }) => requests.push(kind));
    const clock = { ...home.clock, now: () => home.clock.now() + 30_000 };
    const report = await sweeperOf({ ...home, store, clock }).sweep(AHEAD);
    expect(report).toMatchObject({ truncated: "clock-skew", lease: "none" });
    expect(requests).toEqual(["get", "get"]); // the layout and the lease
  });
});

describe("a clock that is ahead, which a slow listing hides", () => {
  it("delivers nothing early once a quicker answer tells", async () => {
    const home = testHome();
    await writeByHand(home.store, `${iso("12:00:12.000")}|out|k|id`);
    const store: ObjectStore = {
      ...home.store,
      capabilities: { ...home.store.capabilities, putIfAbsent: false, putIfVersion: false },
      list: async (...call) => {
        await home.clock.sleep(8_400);
        return home.store.list(...call);
      },
    };
    const clock = { ...home.clock, now: () => home.clock.now() + 5_000 };
    const sweeping = sweeperOf({ ...home, store, clock }).sweep(AHEAD);
    await home.clock.advance("9s");
    expect(await keysOf(home.store, "out")).toEqual([]);
    await home.clock.advance("5s");
    expect(await sweeping).toMatchObject({ truncated: "clock-skew", delivered: 0 });
  });
});

describe("a clock that is wrong while nothing is due", () => {
  it("ends the sweep all the same, so that nobody waits for it", async () => {
    const home = testHome();
    const wrong = { offsetMs: 0 };
    const clock = { ...home.clock, now: () => home.clock.now() + wrong.offsetMs };
    const sweeping = sweeperOf({ ...home, clock }).sweep(AHEAD);
    await home.clock.advance("7s");
    wrong.offsetMs = -3_600_000;
    await home.clock.advance("10s");
    expect(await sweeping).toMatchObject({ truncated: "clock-skew" });
  });
});

describe("sweeps that look ahead side by side", () => {
  const sweeper = (home: TestHome, observe?: (event: SweepEvent) => void) =>
    createSweeper({ ...home, allowTargets: ["*"], observe });

  it("hand over without a gap and without a double, whenever they are woken", async () => {
    const home = testHome();
    const { delivered, observe } = watch(home);
    const ids = Array.from({ length: 600 }, (_, index) => {
      const at = new Date(home.clock.now() + index * 500).toISOString();
      return `${at}|out|${index}|id`;
    });
    for (const id of ids) await writeByHand(home.store, id);
    const reports: Promise<unknown>[] = [];
    for (const seconds of [13, 59, 48, 61, 57] as const) {
      await home.clock.advance(`${seconds}s`);
      reports.push(sweeper(home, observe).sweep(AHEAD));
    }
    await home.clock.advance("5m");
    await Promise.all(reports);
    expect(await waitingIn(home.store)).toEqual([]);
    expect(delivered).toHaveLength(600);
    const late = delivered.filter((line) => !line.endsWith("+0"));
    expect(late.length).toBeLessThanOrEqual(27); // what was due before the first one woke
  });

  it("leave if another one's range reaches as far already", async () => {
    const home = testHome();
    const first = sweeper(home).sweep(AHEAD);
    await home.clock.advance("30s");
    expect(await sweeper(home).sweep(AHEAD)).toMatchObject({ outcome: "held" });
    expect(await sweeper(home).sweep()).toMatchObject({ outcome: "swept", due: 0, lease: "none" });
    await home.clock.advance("2m");
    await first;
  });

  it("take over what a dead one below has left, and look for what it may have copied", async () => {
    const home = testHome();
    const scheduler = createScheduler(home);
    const to = (key: string) => ({ bucket: "out", key });
    await scheduler.schedule({ at: iso("12:01:20.000"), to: to("low") });
    const { id } = await scheduler.schedule({ at: iso("12:01:10.000"), to: to("copied") });
    await scheduler.schedule({ at: iso("12:02:30.000"), to: to("high") });
    await home.store.copy({ bucket: "schedule", key: `keywhen/pending/${id}` }, to("copied"));
    const dead = { owner: "dead", until: iso("12:02:00.000"), expires: iso("12:01:25.000") };
    const lease = new TextEncoder().encode(JSON.stringify({ holders: [dead] }));
    await home.store.put(LEASE, lease);
    await home.clock.advance("65s"); // 12:01:05: the dead one's entry still counts
    const { delivered, observe } = watch(home);
    const sweeping = sweeper(home, observe).sweep(AHEAD);
    await home.clock.advance("2m");
    expect(await sweeping).toMatchObject({ delivered: 2, alreadyDelivered: 1 });
    expect(delivered[0]).toBe("12:01:30.000 low +10000"); // the first poll after its end
    expect(delivered[1]).toBe("12:02:30.000 high +0");
  });

  it("never start what belongs to the one below", async () => {
    const home = testHome();
    await writeByHand(home.store, `${iso("12:00:50.000")}|out|low|id`);
    const slow = { ...home, store: slowLists(home.store, home) };
    const first = sweeper(slow).sweep(AHEAD);
    await home.clock.advance("61s");
    const second = sweeper(home).sweep(AHEAD);
    await home.clock.advance("3m");
    const both = [await first, await second];
    expect(both.map((report) => report.outcome === "swept" && report.requests.copy)).toEqual([
      1, 0,
    ]);
  });
});

/** A store whose LISTs take a second. */
function slowLists(store: ObjectStore, { clock }: TestHome): ObjectStore {
  return {
    ...store,
    list: async (...call) => {
      await clock.sleep(1_000);
      return store.list(...call);
    },
  };
}

describe("start()", () => {
  it("delivers every event at its instant, minute after minute, until it is stopped", async () => {
    const home = testHome();
    const ids = Array.from({ length: 100 }, (_, index) => {
      const at = new Date(home.clock.now() + 1_000 + index * 2_900).toISOString();
      return `${at}|out|${index}|id`;
    });
    for (const id of ids) await writeByHand(home.store, id);
    const { delivered, observe } = watch(home);
    const reports: SweepEvent[] = [];
    const sweeping = createSweeper({
      ...home,
      allowTargets: ["*"],
      observe(event) {
        observe(event);
        if (event.type === "swept") reports.push(event);
      },
    }).start();
    await home.clock.advance("5m");
    const stopped = sweeping.stop();
    await home.clock.advance("5s");
    await stopped;
    await sweeping.done;
    expect(delivered).toHaveLength(100);
    expect(delivered.filter((line) => !line.endsWith("+0"))).toEqual([]);
    expect(reports.length).toBeGreaterThanOrEqual(4);
    expect(home.clock.sleepers).toBe(0);
  });

  it("goes on after outages, and ends if going on makes no sense", async () => {
    const home = testHome();
    await writeByHand(home.store, `${iso("12:05:00.000")}|out|k|id`);
    const outage = { error: storeError("unavailable", "get") as Error | undefined };
    const before = () => outage.error;
    const store = faultyStore(home.store, { before });
    const { delivered, observe } = watch(home);
    const heard: SweepEvent[] = [];
    const sweeping = sweeper({ ...home, store }, (event) => {
      observe(event);
      heard.push(event);
    });
    await home.clock.advance("4m");
    expect(heard.at(-1)).toEqual({ type: "sweep-failed", error: outage.error });
    outage.error = undefined;
    await home.clock.advance("2m");
    expect(delivered).toEqual(["12:05:00.000 k +0"]);
    expect(heard).toContainEqual({ type: "lease-taken", until: new Date(iso("12:06:00.000")) });
    outage.error = storeError("denied", "list");
    const ended = expect(sweeping.done).rejects.toBe(outage.error);
    await home.clock.advance("5m");
    await ended;
  });

  const sweeper = (home: TestHome, observe?: (event: SweepEvent) => void) =>
    createSweeper({ ...home, allowTargets: ["*"], observe }).start();
});
