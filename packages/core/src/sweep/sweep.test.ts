import { describe, expect, it } from "vitest";
import { codecV1 } from "../codec/codec-v1.js";
import { escapePart } from "../codec/escape.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { memoryStore } from "../store/memory-store.js";
import {
  failFirst,
  keysOf,
  NOON,
  storeError,
  sweeperOf,
  testHome,
  textOf,
  waitingIn,
  writeByHand,
} from "../test-support/test-home.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import type { SweepEvent } from "./reporting/sweep-event.js";

const DUE = "2026-12-24T11:59:00.000Z";
const TOMORROW = "2026-12-25T12:00:00.000Z";
const NOT_DUE = "2026-12-24T12:00:00.001Z";

async function homeWith(ids: readonly string[], options: Parameters<typeof testHome>[0] = {}) {
  const home = testHome(options);
  for (const id of ids) await writeByHand(home.store, id);
  return home;
}

/** Requests in the order in which they are sent, like "copy out/k". */
function record(store: Parameters<typeof recordingStore>[0]) {
  const sent: string[] = [];
  return {
    sent,
    store: recordingStore(store, ({ kind, bucket, key }) => sent.push(`${kind} ${bucket}/${key}`)),
  };
}

const numbered = (count: number, at = DUE) =>
  Array.from({ length: count }, (_, index) => `${at}|out|${String(index).padStart(5, "0")}`);

describe("sweep()", () => {
  it("moves each due event to its target and leaves the others", async () => {
    const home = testHome();
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

  it("says what it did in the report", async () => {
    const home = await homeWith([DUE, NOON].map((at) => `${at}|out|${at}`));
    await writeByHand(home.store, "2026-12-24T11:59:30.000Z|no-event");
    const report = await sweeperOf(home).sweep();
    expect(report).toEqual({
      outcome: "swept",
      listed: 3,
      foreign: 1,
      due: 2,
      delivered: 2,
      alreadyDelivered: 0,
      gone: 0,
      retrying: 0,
      held: 0,
      dead: 0,
      refused: 0,
      undeleted: 0,
      undecided: 0,
      truncated: false,
      resumeKey: undefined,
      circuit: false,
      unordered: false,
      latenessMs: { min: 0, median: 0, p99: expect.closeTo(60_000, -3), max: 60_000 },
      oldestDueAt: undefined,
      requests: { list: 1, head: 0, get: 3, put: 2, copy: 2, move: 0, delete: 2 },
      lease: "taken",
      skewMs: -500, // the middle of the second that a Date may stand for
      concurrencyReached: 2,
      durationMs: 0,
      dryRun: false,
    });
  });

  it("costs one LIST when nothing is due, however much is pending, and a GET of the layout every 10 minutes", async () => {
    const home = await homeWith(numbered(2_500, TOMORROW));
    const { sent, store } = record(home.store);
    const sweeper = sweeperOf({ ...home, store });
    const [list, layout] = ["list schedule/keywhen/pending/", "get schedule/keywhen/layout.json"];
    expect(await sweeper.sweep()).toMatchObject({ listed: 0, due: 0 });
    expect(sent.splice(0)).toEqual([layout, list]);
    for (let minute = 1; minute <= 10; minute++) {
      await home.clock.advance("59s");
      expect(await sweeper.sweep()).toMatchObject({ listed: 0, requests: { list: 1, get: 0 } });
    }
    expect(sent.splice(0)).toEqual(Array(10).fill(list));
    await home.clock.advance("10s");
    await sweeper.sweep();
    expect(sent).toEqual([layout, list]);
  });

  it("sends one COPY an event and few LIST and DELETE", async () => {
    const home = await homeWith([...numbered(2_500), ...numbered(3_000, NOT_DUE)]);
    const { requests } = await sweeperOf(home).sweep();
    expect(requests).toMatchObject({ copy: 2_500, list: 3, head: 0, get: 3, put: 2 });
    expect(requests.delete).toBeLessThanOrEqual(4);
  });

  it("moves by one request where the store can, and sends no DELETE", async () => {
    const home = await homeWith(numbered(10), { move: true });
    const { requests, delivered } = await sweeperOf(home).sweep();
    expect(delivered).toBe(10);
    expect(requests).toMatchObject({ move: 10, copy: 0, delete: 0 });
    expect(await waitingIn(home.store)).toEqual([]);
  });

  it("leaves foreign objects where they are and counts those on the pages that it reads", async () => {
    const foreign = [
      "2026-12-24T11:00:00.000Z|b|%41",
      "2026-02-30T11:00:00.000Z|b|k",
      "!first",
      "zlast",
    ];
    const home = await homeWith([...foreign, `${DUE}|out|k`]);
    const seen: SweepEvent[] = [];
    const report = await sweeperOf(home, { observe: (event) => seen.push(event) }).sweep();
    expect(report).toMatchObject({ foreign: 2, delivered: 1 });
    expect(await waitingIn(home.store)).toEqual([...foreign].sort());
    expect(seen.filter(({ type }) => type === "foreign")).toHaveLength(2);
  });

  it("keeps to the concurrency that it is told", async () => {
    const home = await homeWith(numbered(50));
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

  it("counts an event that somebody cancels before its copy as gone", async () => {
    const home = await homeWith(numbered(3));
    const store = recordingStore(home.store, ({ kind, key }) => {
      const source = `keywhen/pending/${numbered(2)[1]}`;
      if (kind === "copy" && key === "00001") void home.store.delete("schedule", [source]);
    });
    expect(await sweeperOf({ ...home, store }).sweep()).toMatchObject({ delivered: 2, gone: 1 });
    expect(await keysOf(home.store, "out")).toEqual(["00000", "00002"]);
  });

  it("never starts a copy before the due instant, if the clock is set back in between", async () => {
    const home = await homeWith([`${NOON}|out|k`]);
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "list") home.clock.set(DUE);
    });
    const report = await sweeperOf({ ...home, store }).sweep();
    expect(report).toMatchObject({ delivered: 0, oldestDueAt: new Date(NOON) });
    expect(await keysOf(home.store, "out")).toEqual([]);
  });

  it("holds nothing behind an elder that it didn't try: that the younger was tried would not be true", async () => {
    const home = await homeWith([`${DUE}|out|k|elder`, `${NOON}|out|k|younger`]);
    const back = { ms: 0 };
    const clock = { ...home.clock, now: () => home.clock.now() - back.ms };
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "put") back.ms = 3_600_000; // with the lease, after the listing
    });
    const report = await sweeperOf({ ...home, store, clock }).sweep();
    expect(report).toMatchObject({ due: 2, delivered: 0, held: 0 });
  });

  it("decides by the instant, where a codec's keys are not quite in the order of time", async () => {
    const home = await homeWith([`${DUE}|out|a`, `${NOT_DUE}|out|b`]);
    const codec = { ...codecV1, after: (atMs: number) => codecV1.after(atMs + 86_400_000) };
    const report = await sweeperOf(home, { codec }).sweep();
    expect(report).toMatchObject({ listed: 2, due: 1, delivered: 1, foreign: 0 });
    expect(await keysOf(home.store, "out")).toEqual(["a"]);
  });

  it("throws if not even the first page can be listed", async () => {
    const home = testHome();
    const store = faultyStore(home.store, { before: () => storeError("denied", "list") });
    await expect(sweeperOf({ ...home, store }).sweep()).rejects.toMatchObject({ code: "denied" });
  });

  it("delivers what it has read if a later page can't be listed, and says so", async () => {
    const home = await homeWith(numbered(1_500));
    let lists = 0;
    const store = faultyStore(home.store, {
      before: ({ kind }) =>
        kind === "list" && ++lists > 1 ? storeError("denied", "list") : undefined,
    });
    const report = await sweeperOf({ ...home, store }).sweep();
    expect(report).toMatchObject({ delivered: 1_000, truncated: "list-failed" });
  });

  it("tells the observer each delivery and the report, and goes on if it throws", async () => {
    const home = await homeWith(numbered(3));
    const told: string[] = [];
    const observe = (event: SweepEvent) => {
      told.push(event.type);
      throw new Error(`observer ${told.length}`);
    };
    const report = await sweeperOf(home, { observe }).sweep();
    expect(told).toEqual(["lease-taken", "delivered", "delivered", "delivered", "swept"]);
    expect(report).toMatchObject({ delivered: 3, observerError: { message: "observer 1" } });
  });

  it("only counts in a dry run", async () => {
    const home = await homeWith(numbered(3));
    const report = await sweeperOf(home).sweep({ dryRun: true });
    expect(report).toMatchObject({ due: 3, delivered: 0, dryRun: true });
    expect(await waitingIn(home.store)).toHaveLength(3);
  });
});

describe("sweep() and its targets", () => {
  it("moves what is outside of allowTargets to the dead letters", async () => {
    const home = await homeWith([`${DUE}|out|k`, `${DUE}|secret|k`]);
    const report = await sweeperOf(home, { allowTargets: ["out/*"] }).sweep();
    expect(report).toMatchObject({ due: 2, delivered: 1, dead: 1, refused: 0 });
    expect(await keysOf(home.store, "secret")).toEqual([]);
    expect(await waitingIn(home.store)).toEqual([]);
    expect(await keysOf(home.store, "schedule")).toContain(`keywhen/dead/${DUE}|secret|k`);
  });

  it("refuses the schedule's own folders, whatever is allowed", async () => {
    const home = await homeWith([`${DUE}|schedule|keywhen/pending/x`, `${DUE}|schedule|other`]);
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 1, dead: 1 });
  });

  it.each(["arn:aws:s3:eu-central-1:1:accesspoint/x", "x-abc-s3alias", "x--ol-s3", "m1.mrap"])(
    "refuses %s, which leads elsewhere, unless a pattern names it",
    async (bucket) => {
      const home = testHome();
      const store = memoryStore({
        clock: home.clock,
        capabilities: { limits: { keyBytes: 1_024, bucketCharacters: 200 } },
      });
      for (const [allowTargets, outcome] of [
        [["*"], { dead: 1, delivered: 0 }],
        [[`${bucket}/*`], { dead: 0, delivered: 1 }],
      ] as const) {
        await writeByHand(store, `${DUE}|${escapePart(bucket)}|k`);
        expect(await sweeperOf({ ...home, store }, { allowTargets }).sweep()).toMatchObject(
          outcome,
        );
      }
    },
  );

  it.each([[[]], [["out"]], [["/x"]], [["out/"]], [["o*t/*"]], [undefined]])(
    "wants patterns that say what they mean, not %j",
    (allowTargets) => {
      expect(() => sweeperOf(testHome(), { allowTargets } as never)).toThrow(
        expect.objectContaining({ code: "invalid-option" }),
      );
    },
  );
});

describe("sweep() and events of one target", () => {
  const elder = `${DUE}|out|k|elder`;
  const younger = `${NOON}|out|k|younger`;

  it("starts the younger when the elder's delete is confirmed", async () => {
    const home = await homeWith([younger, elder]);
    const { sent, store } = record(home.store);
    expect(await sweeperOf({ ...home, store }).sweep()).toMatchObject({ delivered: 2 });
    expect(await textOf(home.store, "out", "k")).toBe(younger);
    expect(sent.filter((request) => /^(?:copy|delete)/.test(request))).toEqual([
      "copy out/k",
      `delete schedule/keywhen/pending/${elder}`,
      "copy out/k",
      `delete schedule/keywhen/pending/${younger}`,
    ]);
  });

  it("delivers a long line one after the other, among others, without waiting for time to pass", async () => {
    const line = Array.from({ length: 40 }, (_, index) => `${DUE}|out|k|${index + 100}`);
    const home = await homeWith([...line, ...numbered(60)]);
    const { sent, store } = record(home.store);
    const report = await sweeperOf({ ...home, store }).sweep();
    expect(report).toMatchObject({ delivered: 100, durationMs: 0 });
    expect(await textOf(home.store, "out", "k")).toBe(line.at(-1));
    expect(sent.filter((request) => request === "copy out/k")).toHaveLength(40);
  });

  it("sends the elder's delete at once when a younger turns up long after its copy", async () => {
    const [elder, younger] = [`${DUE}|out|00001|elder`, `${NOON}|out|00001|younger`];
    const others = numbered(900).filter((id) => !id.endsWith("00001"));
    const home = await homeWith([...others, elder, younger]);
    const report = await sweeperOf(home).sweep();
    expect(report).toMatchObject({ delivered: 901, durationMs: 0 });
    expect(await textOf(home.store, "out", "00001")).toBe(younger);
  });

  it("holds the younger if the elder fails, and delivers both in order by the next sweep", async () => {
    const home = await homeWith([elder, younger, `${NOON}|out|other`]);
    const before = failFirst("copy", 1, storeError("denied", "copy"));
    const sweeper = sweeperOf({ ...home, store: faultyStore(home.store, { before }) });
    const first = await sweeper.sweep();
    expect(first).toMatchObject({ due: 3, delivered: 1, retrying: 1, held: 1 });
    expect(first.oldestDueAt).toEqual(new Date(DUE));
    expect(await sweeper.sweep()).toMatchObject({ delivered: 2 });
    expect(await textOf(home.store, "out", "k")).toBe(younger);
  });

  it("starts the younger when the elder turns out to be cancelled", async () => {
    const home = await homeWith([elder, younger]);
    let copies = 0;
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "copy" && ++copies === 1)
        void home.store.delete("schedule", [`keywhen/pending/${elder}`]);
    });
    expect(await sweeperOf({ ...home, store }).sweep()).toMatchObject({ gone: 1, delivered: 1 });
  });

  it("orders moves as well", async () => {
    const home = await homeWith([younger, elder], { move: true });
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 2 });
    expect(await textOf(home.store, "out", "k")).toBe(younger);
  });
});

describe("sweep() on a store that fails", () => {
  it("lets one bad event stop no other, and tries it again in the next sweep", async () => {
    const home = await homeWith(numbered(20));
    const seen: SweepEvent[] = [];
    const store = faultyStore(home.store, {
      before: ({ kind, key }) =>
        kind === "copy" && key === "00007" ? storeError("no-such-bucket", "copy") : undefined,
    });
    const observe = (event: SweepEvent) => seen.push(event);
    const report = await sweeperOf({ ...home, store }, { observe }).sweep();
    expect(report).toMatchObject({ due: 20, delivered: 19, retrying: 1 });
    expect(seen.filter(({ type }) => type === "retrying")).toMatchObject([
      { id: `${DUE}|out|00007`, error: { code: "no-such-bucket" } },
    ]);
    expect(await sweeperOf(home).sweep()).toMatchObject({ due: 1, delivered: 1 });
  });

  it("counts a copy without an answer as undecided and keeps the event", async () => {
    const home = await homeWith(numbered(1));
    const after = failFirst("copy", 1, storeError("unavailable", "copy"));
    const report = await sweeperOf({ ...home, store: faultyStore(home.store, { after }) }).sweep();
    expect(report).toMatchObject({ delivered: 0, undecided: 1, retrying: 0 });
    expect(await waitingIn(home.store)).toHaveLength(1);
  });

  it("looks for a copy without an answer, and sends it once more if the connection broke at once", async () => {
    const sent = async (lost: number, wasCarriedOut: boolean) => {
      const home = testHome();
      const broken = failFirst("copy", lost, storeError("unavailable", "copy"));
      const faults = wasCarriedOut ? { after: broken } : { before: broken };
      await createScheduler(home).schedule({ at: DUE, to: { bucket: "out", key: "k" } });
      const sweeping = sweeperOf({ ...home, store: faultyStore(home.store, faults) }).sweep();
      await home.clock.advance("10s");
      const { delivered, undecided, requests } = await sweeping;
      return { delivered, undecided, copies: requests.copy };
    };
    expect(await sent(1, true)).toEqual({ delivered: 1, undecided: 0, copies: 1 });
    expect(await sent(1, false)).toEqual({ delivered: 1, undecided: 0, copies: 2 });
    expect(await sent(2, false)).toEqual({ delivered: 0, undecided: 1, copies: 2 });
  });

  it("halves the concurrency when the store throttles, tries again, and grows back slowly", async () => {
    const home = await homeWith(numbered(200));
    const slowed: number[] = [];
    const before = failFirst("copy", 5, storeError("throttled", "copy"));
    const sweeping = sweeperOf(
      { ...home, store: faultyStore(home.store, { before }) },
      {
        concurrency: 16,
        observe: (event) => event.type === "slowed" && slowed.push(event.concurrency),
      },
    ).sweep();
    await home.clock.advance("10s");
    expect(await sweeping).toMatchObject({ delivered: 200, retrying: 0 });
    expect(slowed).toEqual([8]);
  });

  it("leaves an event that is throttled again and again to the next sweep", async () => {
    const home = await homeWith(numbered(2));
    const store = faultyStore(home.store, {
      before: ({ kind, key }) =>
        kind === "copy" && key === "00001" ? storeError("throttled", "copy") : undefined,
    });
    const sweeping = sweeperOf({ ...home, store }).sweep();
    await home.clock.advance("1m");
    expect(await sweeping).toMatchObject({ delivered: 1, retrying: 1, undecided: 0 });
  });

  it("aborts a copy that hangs, after 15 s and 1 s for each 20 MB", async () => {
    const home = await homeWith(numbered(1));
    let aborted = false;
    const store = {
      ...home.store,
      copy: (_: unknown, __: unknown, options?: { signal?: AbortSignal | undefined }) =>
        new Promise<never>(() => {
          options?.signal?.addEventListener("abort", () => {
            aborted = true;
          });
        }),
    };
    const sweeping = sweeperOf({ ...home, store }).sweep();
    await home.clock.advance("14s");
    expect(aborted).toBe(false);
    await home.clock.advance("3s");
    expect(await sweeping).toMatchObject({ undecided: 1 });
    expect(aborted).toBe(true);
  });

  it("stops copying when deleting is denied, after few copies", async () => {
    const home = await homeWith(numbered(3_000));
    const store = faultyStore(home.store, {
      before: ({ kind }) => (kind === "delete" ? storeError("denied", "delete") : undefined),
    });
    const report = await sweeperOf({ ...home, store }, { concurrency: 4 }).sweep();
    expect(report).toMatchObject({ truncated: "denied", requests: { delete: expect.any(Number) } });
    expect(report.delivered).toBeLessThan(50);
    expect(report.undeleted).toBe(report.delivered);
    expect(await waitingIn(home.store)).toHaveLength(1_000);
    expect(report.resumeKey).toBeDefined();
  });

  it("tries a failed delete again, key by key", async () => {
    const home = await homeWith(numbered(30));
    const failures = new Map([
      ["00003", 2],
      ["00004", 99],
    ]);
    const store: typeof home.store = {
      ...home.store,
      delete: async (bucket, keys) => {
        const fails = (key: string) => {
          const left = failures.get(key.slice(-5)) ?? 0;
          failures.set(key.slice(-5), left - 1);
          return left > 0;
        };
        const failing = new Set(keys.filter(fails));
        await home.store.delete(
          bucket,
          keys.filter((key) => !failing.has(key)),
        );
        const error = storeError("unavailable", "delete");
        return keys.map((key) =>
          failing.has(key) ? { outcome: "failed", error } : { outcome: "gone" },
        );
      },
    };
    const sweeping = sweeperOf({ ...home, store }).sweep();
    await home.clock.advance("1m");
    expect(await sweeping).toMatchObject({ delivered: 30, undeleted: 1 });
    expect(await waitingIn(home.store)).toEqual([`${DUE}|out|00004`]);
  });

  it("counts a delete that the store forgets to answer as undeleted", async () => {
    const home = await homeWith(numbered(1));
    const store = { ...home.store, delete: async () => [] };
    expect(await sweeperOf({ ...home, store }).sweep()).toMatchObject({
      delivered: 1,
      undeleted: 1,
    });
  });

  it("makes an error of its own of whatever else a store throws", async () => {
    const home = await homeWith(numbered(1));
    const errors: unknown[] = [];
    const store = faultyStore(home.store, {
      before: ({ kind }) => (kind === "copy" ? new TypeError("a bug in the adapter") : undefined),
    });
    await sweeperOf(
      { ...home, store },
      { observe: (event) => event.type === "retrying" && errors.push(event.error) },
    ).sweep();
    expect(errors).toMatchObject([
      { code: "unexpected", cause: { message: "a bug in the adapter" } },
    ]);
  });
});

describe("sweep() that ends early", () => {
  /** Copies that take a second each. */
  function slow(home: ReturnType<typeof testHome>) {
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
    const home = await homeWith(numbered(100));
    const sweeper = sweeperOf({ ...home, store: slow(home) }, { concurrency: 10 });
    const sweeping = sweeper.sweep({ deadline: "2026-12-24T12:00:06Z" });
    await home.clock.advance("6s");
    const report = await sweeping;
    expect(report).toMatchObject({ truncated: "deadline", delivered: 40, undeleted: 0, due: 100 });
    expect(report.resumeKey).toBe(numbered(41)[40]);
    expect(report.oldestDueAt).toEqual(new Date(DUE));
    expect(report.durationMs).toBeLessThanOrEqual(6_000);
    expect(await waitingIn(home.store)).toHaveLength(60);
  });

  it("aborts copies that would run past the deadline and deletes what arrived", async () => {
    const home = await homeWith(numbered(2));
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

  it("winds down when the caller aborts, and resolves with what it did", async () => {
    const home = await homeWith(numbered(100));
    const abort = new AbortController();
    const sweeper = sweeperOf({ ...home, store: slow(home) }, { concurrency: 10 });
    const sweeping = sweeper.sweep({ signal: abort.signal });
    await home.clock.advance("1500ms");
    abort.abort();
    await home.clock.advance("1s");
    expect(await sweeping).toMatchObject({ truncated: "aborted", delivered: 20, undeleted: 0 });
    expect(await waitingIn(home.store)).toHaveLength(80);
  });

  it("ends within five seconds of the abort even if nothing is answered any more", async () => {
    const home = await homeWith(numbered(100));
    const abort = new AbortController();
    const never = () => new Promise<never>(() => {});
    const sweeper = sweeperOf({ ...home, store: { ...home.store, copy: never, delete: never } });
    const sweeping = sweeper.sweep({ signal: abort.signal });
    await home.clock.advance("1s");
    abort.abort();
    await home.clock.advance("5s");
    expect(await sweeping).toMatchObject({ truncated: "aborted", delivered: 0, undecided: 64 });
  });

  it("ends within five seconds of the abort even if deletes are not answered any more", async () => {
    const home = await homeWith(numbered(100));
    const abort = new AbortController();
    const never = () => new Promise<never>(() => {});
    const sweeper = sweeperOf({ ...home, store: { ...home.store, delete: never } });
    const sweeping = sweeper.sweep({ signal: abort.signal });
    await home.clock.advance("100ms");
    abort.abort();
    await home.clock.advance("4500ms");
    expect(await sweeping).toMatchObject({ truncated: "aborted", delivered: 100, undeleted: 100 });
  });

  it("doesn't try a throttled copy again once it is aborted", async () => {
    const home = await homeWith(numbered(1));
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

  it("does nothing if it is aborted before it begins", async () => {
    const home = await homeWith(numbered(3));
    const report = await sweeperOf(home).sweep({ signal: AbortSignal.abort() });
    expect(report).toMatchObject({ truncated: "aborted", delivered: 0 });
  });

  it("leaves no timer behind", async () => {
    const home = await homeWith(numbered(3));
    await sweeperOf(home).sweep({ deadline: "2026-12-24T13:00Z" });
    await home.clock.advance("1ms");
    expect(home.clock.sleepers).toBe(0);
  });

  it("leaves no timer behind for requests that are never answered", async () => {
    const home = await homeWith(numbered(3));
    const never = () => new Promise<never>(() => {});
    const sweeping = sweeperOf({ ...home, store: { ...home.store, copy: never } }).sweep();
    await home.clock.advance("1m");
    expect(await sweeping).toMatchObject({ undecided: 3 });
    await home.clock.advance("0s");
    expect(home.clock.sleepers).toBe(0);
  });
});

describe("sweep() of more than fits into memory", () => {
  it("reads on only as fast as events leave", async () => {
    const home = await homeWith(numbered(5_000));
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
