import { describe, expect, it } from "vitest";
import { codecV1 } from "../key/codec-v1.js";
import type { KeyCodec } from "../key/key-codec.js";
import type { SweepEvent } from "../report/sweep-event.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type { ObjectStore } from "../store/object-store.js";
import { failing, observed, passing } from "../test-support/sweeps.js";
import {
  keysOf,
  NOON,
  numbered,
  record,
  scheduleWith,
  storeError,
  sweeperOf,
  testSchedule,
  textOf,
  waitingIn,
  writeByHand,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";

const DUE = "2026-12-24T11:59:00.000Z";
const TOMORROW = "2026-12-25T12:00:00.000Z";
const NOT_DUE = "2026-12-24T12:00:00.001Z";

describe("sweep()", () => {
  it("moves each due event to its target and leaves the others", async () => {
    const home = testSchedule();
    const scheduler = createScheduler(home);
    const event = { to: { bucket: "out", key: "a/1" }, body: "one", metadata: { user: "ann" } };
    const due = await scheduler.schedule({ ...event, at: NOON, contentType: "text/plain" });
    await scheduler.schedule({ ...event, at: NOT_DUE });
    const report = await sweeperOf(home).sweep();
    expect(report).toMatchObject({ outcome: "swept", due: 1, delivered: 1, truncated: false });
    expect(await textOf(home.store, "out", "a/1")).toBe("one");
    expect(await home.store.head({ bucket: "out", key: "a/1" })).toMatchObject({
      contentType: "text/plain",
      metadata: { user: "ann", "keywhen-id": due.deliveryId, "keywhen-at": NOON },
    });
    expect(await waitingIn(home.store)).toHaveLength(1);
  });

  it("reports what it did", async () => {
    const home = await scheduleWith([DUE, NOON].map((at) => `${at}|out|${at}`));
    await writeByHand(home.store, "2026-12-24T11:59:30.000Z|no-event");
    const report = await sweeperOf(home).sweep();
    expect(report).toEqual({
      outcome: "swept",
      listed: 3,
      unrecognized: 1,
      due: 2,
      delivered: 2,
      alreadyDelivered: 0,
      gone: 0,
      passedOver: 0,
      wakeUpsLeft: 0,
      retrying: 0,
      blocked: 0,
      dead: 0,
      expired: 0,
      leftInPlace: 0,
      undeleted: 0,
      undecided: 0,
      destinationPauses: 0,
      errors: [],
      truncated: false,
      firstUntriedId: undefined,
      circuitOpen: false,
      orderUncertain: false,
      latenessMs: { min: 0, median: 0, p99: expect.closeTo(60_000, -3), max: 60_000 },
      oldestDueAt: undefined,
      requests: { list: 1, head: 0, get: 3, put: 2, copy: 2, move: 0, delete: 2 },
      lease: "taken",
      skewMs: -500, // a Date counts as the middle of its second
      concurrencyReached: 2,
      durationMs: 0,
      dryRun: false,
    });
  });

  it("costs one LIST when nothing is due, however much is pending, and a GET of the shard map every 10 minutes", async () => {
    const home = await scheduleWith(numbered(2_500, TOMORROW));
    const { sent, store } = record(home.store);
    const sweeper = sweeperOf({ ...home, store });
    const [list, shardMap] = ["list schedule/keywhen/pending/", "get schedule/keywhen/shards.json"];
    expect(await sweeper.sweep()).toMatchObject({ listed: 0, due: 0 });
    expect(sent.splice(0)).toEqual([shardMap, list]);
    for (let minute = 1; minute <= 10; minute++) {
      await home.clock.advance("59s");
      expect(await sweeper.sweep()).toMatchObject({ listed: 0, requests: { list: 1, get: 0 } });
    }
    expect(sent.splice(0)).toEqual(Array(10).fill(list));
    await home.clock.advance("10s");
    await sweeper.sweep();
    expect(sent).toEqual([shardMap, list]);
  });

  it("sends one COPY an event and few LIST and DELETE", { tags: ["slow"] }, async () => {
    const home = await scheduleWith([...numbered(2_500), ...numbered(3_000, NOT_DUE)]);
    const { requests } = await sweeperOf(home).sweep();
    expect(requests).toMatchObject({ copy: 2_500, list: 3, head: 0, get: 3, put: 2 });
    expect(requests.delete).toBeLessThanOrEqual(4);
  });

  it("moves by one request where the store can, and sends no DELETE", async () => {
    const home = await scheduleWith(numbered(10), { move: true });
    const { requests, delivered } = await sweeperOf(home).sweep();
    expect(delivered).toBe(10);
    expect(requests).toMatchObject({ move: 10, copy: 0, delete: 0 });
    expect(await waitingIn(home.store)).toEqual([]);
  });

  it("leaves unrecognized objects where they are and counts those on the pages that it reads", async () => {
    const unrecognized = [
      "2026-12-24T11:00:00.000Z|b|%41",
      "2026-02-30T11:00:00.000Z|b|k",
      "!first",
      "zlast",
    ];
    const home = await scheduleWith([...unrecognized, `${DUE}|out|k`]);
    const seen: SweepEvent[] = [];
    const report = await sweeperOf(home, { observe: (event) => seen.push(event) }).sweep();
    expect(report).toMatchObject({ unrecognized: 2, delivered: 1 });
    expect(await waitingIn(home.store)).toEqual([...unrecognized].sort());
    expect(seen.filter(({ type }) => type === "unrecognized")).toHaveLength(2);
  });

  it("has no more copies in flight than its concurrency", async () => {
    const home = await scheduleWith(numbered(50));
    let underWay = 0;
    let most = 0;
    const store = {
      ...home.store,
      copy: async (...args: Parameters<typeof home.store.copy>) => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise(setImmediate);
        underWay -= 1;
        return home.store.copy(...args);
      },
    };
    const report = await sweeperOf({ ...home, store }, { concurrency: 7 }).sweep();
    expect([most, report.concurrencyReached, report.delivered]).toEqual([7, 7, 50]);
  });

  it("counts an event that is cancelled before its copy as gone", async () => {
    const home = await scheduleWith(numbered(3));
    const store = recordingStore(home.store, ({ kind, key }) => {
      const source = `keywhen/pending/${numbered(2)[1]}`;
      if (kind === "copy" && key === "00001") void home.store.delete("schedule", [source]);
    });
    expect(await sweeperOf({ ...home, store }).sweep()).toMatchObject({ delivered: 2, gone: 1 });
    expect(await keysOf(home.store, "out")).toEqual(["00000", "00002"]);
  });

  it("blocks nothing behind an older event that it did not try", async () => {
    const home = await scheduleWith([`${DUE}|out|k|older`, `${NOON}|out|k|newer`]);
    const back = { ms: 0 };
    const clock = { ...home.clock, now: () => home.clock.now() - back.ms };
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "put") back.ms = 3_600_000; // with the lease, after the listing
    });
    const report = await sweeperOf({ ...home, store, clock }).sweep();
    expect(report).toMatchObject({ due: 2, delivered: 0, blocked: 0 });
  });

  it("decides by the instant if a codec's keys are not exactly in the order of time", async () => {
    const home = await scheduleWith([`${DUE}|out|a`, `${NOT_DUE}|out|b`]);
    const codec = { ...codecV1, after: (atMs: number) => codecV1.after(atMs + 86_400_000) };
    const report = await sweeperOf(home, { codec }).sweep();
    expect(report).toMatchObject({ listed: 2, due: 1, delivered: 1, unrecognized: 0 });
    expect(await keysOf(home.store, "out")).toEqual(["a"]);
  });

  it("throws if not even the first page can be listed", async () => {
    const home = testSchedule();
    const store = faultyStore(home.store, { before: () => storeError("denied", "list") });
    await expect(sweeperOf({ ...home, store }).sweep()).rejects.toMatchObject({ code: "denied" });
  });

  it("delivers what it has read if a later page can't be listed, and reports that", async () => {
    const home = await scheduleWith(numbered(1_500));
    let lists = 0;
    const store = faultyStore(home.store, {
      before: ({ kind }) =>
        kind === "list" && ++lists > 1 ? storeError("denied", "list") : undefined,
    });
    const report = await sweeperOf({ ...home, store }).sweep();
    expect(report).toMatchObject({ delivered: 1_000, truncated: "list-failed" });
  });

  it("delivers what it has read if a custom codec fails on a later page, and reports why", async () => {
    const home = await scheduleWith(numbered(1_500));
    const codec: KeyCodec = {
      ...codecV1,
      decode: (id) => {
        if (id.includes("|01200")) throw new TypeError("no such form");
        return codecV1.decode(id);
      },
    };
    const report = await sweeperOf(home, { codec }).sweep();
    expect(report).toMatchObject({
      delivered: 1_000,
      truncated: "list-failed",
      errors: [{ type: "list-failed", code: undefined, message: "TypeError: no such form" }],
    });
  });

  it("calls the observer with each delivery and the report, and goes on if it throws", async () => {
    const home = await scheduleWith(numbered(3));
    const types: string[] = [];
    const observe = (event: SweepEvent) => {
      types.push(event.type);
      throw new Error(`observer ${types.length}`);
    };
    const report = await sweeperOf(home, { observe }).sweep();
    const deliveries = ["delivered", "delivered", "delivered"];
    expect(types).toEqual(["listed", "lease-taken", "due", ...deliveries, "ended", "swept"]);
    expect(report).toMatchObject({ delivered: 3, observerError: { message: "observer 1" } });
  });

  it("only counts in a dry run, also what is refused", async () => {
    const home = await scheduleWith(numbered(3));
    const call = { dryRun: true };
    const report = await sweeperOf(home).sweep(call);
    expect(report).toMatchObject({ due: 3, delivered: 0, dryRun: true });
    const refused = await sweeperOf(home, { allowTargets: ["other/*"] }).sweep(call);
    expect(refused).toMatchObject({ due: 3, leftInPlace: 3, dead: 0 });
    expect(await waitingIn(home.store)).toHaveLength(3);
  });

  it("reports no failure if it is aborted before it knows of anything", async () => {
    const home = testSchedule();
    const abort = new AbortController();
    const get: ObjectStore["get"] = () => {
      abort.abort();
      return Promise.reject(storeError("aborted", "get"));
    };
    const { types, observe } = observed();
    const sweeper = sweeperOf({ ...home, store: { ...home.store, get } }, { observe });
    expect(await sweeper.sweep({ signal: abort.signal })).toMatchObject({ truncated: "aborted" });
    expect(types).toEqual(["ended", "swept"]);
  });

  it("starts nothing if it is aborted while it asks for the lease", async () => {
    const home = await scheduleWith(numbered(3));
    const abort = new AbortController();
    let gets = 0;
    const get: ObjectStore["get"] = (ref, call) => {
      gets += 1;
      if (gets < 2) return home.store.get(ref, call); // the shard map
      abort.abort();
      return new Promise(() => {});
    };
    const sweeper = sweeperOf({ ...home, store: { ...home.store, get } });
    const report = await sweeper.sweep({ signal: abort.signal });
    expect(report).toMatchObject({ truncated: "aborted", delivered: 0, lease: "none" });
    expect(await waitingIn(home.store)).toHaveLength(3);
  });

  it("resolves with what it did if it is aborted while it waits to ask for the lease again", async () => {
    const home = await scheduleWith(numbered(3));
    const store = failing(home.store, "put", "unavailable");
    const abort = new AbortController();
    const { types, observe } = observed();
    const sweeping = sweeperOf({ ...home, store }, { observe }).sweep({ signal: abort.signal });
    await home.clock.advance("1ms");
    abort.abort();
    expect(await sweeping).toMatchObject({ truncated: "aborted", delivered: 0 });
    const ofTheSweep = types.filter((type) => type !== "due" && type !== "left");
    expect(ofTheSweep).toEqual(["listed", "ended", "swept"]); // neither a lease nor a failure
  });

  it("resolves as well if the lease can't be read until its deadline", async () => {
    const home = await scheduleWith(numbered(3));
    let gets = 0;
    const store = faultyStore(home.store, {
      before({ kind }) {
        if (kind === "get") gets += 1;
        return kind === "get" && gets > 1 ? storeError("unavailable", "get") : undefined;
      },
    });
    const deadline = new Date(home.clock.now() + 2_100);
    expect(
      await passing(home, "10s", sweeperOf({ ...home, store }).sweep({ deadline })),
    ).toMatchObject({ truncated: "deadline", delivered: 0 });
  });
});
