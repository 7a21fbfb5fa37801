import { describe, expect, it } from "vitest";
import type { StoreErrorCode } from "../errors.js";
import type { DueEvent } from "../event-table/due-event.js";
import type { TryHistory } from "../lease/history.js";
import { keywhenMetadata } from "../options/metadata.js";
import type { ObjectStore } from "../store/object-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import { type StoreTarget, storeTarget } from "../targets/store-target.js";
import { dueEvent } from "../test-support/due-event.js";
import { sweepRun } from "../test-support/sweep-run.js";
import {
  failFirst,
  keysOf,
  NOON,
  storeError,
  testSchedule,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { deliverEvent } from "./deliver-event.js";

const NOON_MS = Date.parse(NOON);
const KEY = "keywhen/pending/event";
const EVENT = dueEvent("event", {
  key: KEY,
  atMs: NOON_MS - 1_000,
  deliveryId: "id",
  to: { bucket: "out", key: "k" },
  size: 7,
});
const HOUR_MS = 3_600_000;
const NEW = {
  wasTried: () => false,
  mayBeDelivered: () => false,
  backsOffUntilMs: () => undefined,
  nowMs: () => NOON_MS,
};
const TRIED = { ...NEW, wasTried: () => true, mayBeDelivered: () => true };
/** The event is at its target, and still in the schedule. */
const DELIVERED = { outcome: "delivered", isRemoved: false } as const;

/** One event that is due; `sent` lists the requests, `calls` what was reported. */
async function setUp(
  makeStore?: (store: ObjectStore, home: ReturnType<typeof testSchedule>) => ObjectStore,
) {
  const home = testSchedule({ move: false });
  const metadata = keywhenMetadata(EVENT.atMs, "id");
  await home.store.put({ bucket: "schedule", key: KEY }, new Uint8Array(7), { metadata });
  const sent: string[] = [];
  const inner = makeStore?.(home.store, home) ?? home.store;
  const store = recordingStore(inner, ({ kind }) => sent.push(kind));
  const calls: string[] = [];
  const random = (bytes: number) => new Uint8Array(bytes);
  const sweep = sweepRun({ ...home, random }, (event) => {
    if (event.type === "repeated") calls.push(`repeated ${event.error.code}`);
  });
  const context = {
    run: sweep,
    storeTarget: storeTarget(store, "schedule"),
    history: NEW,
    onThrottled: (sentMs: number) => void calls.push(`throttled ${sentMs}`),
  };
  const run = async (
    changes: { history?: TryHistory; storeTarget?: StoreTarget } = {},
    event = EVENT,
  ) => {
    const delivering = deliverEvent({ ...context, ...changes }, event);
    const [delivery] = await Promise.all([delivering, home.clock.advance("30s")]);
    return delivery;
  };
  return { home, sent, calls, sweep, run };
}

/** The same, and the first `times` requests of a kind fail. */
const setUpFailing = (...failure: Parameters<typeof failFirst>) =>
  setUp((store) => faultyStore(store, { before: failFirst(...failure) }));

const failedWith = (error: ObjectStoreError) =>
  ({ outcome: "failed", error, wasAsked: true, deadLetterReason: undefined }) as const;

describe("deliverEvent()", () => {
  it("copies the event and returns how late the copy began", async () => {
    const { home, sent, run } = await setUp();
    expect(await run()).toEqual({ ...DELIVERED, latenessMs: 1_000 });
    expect(sent).toEqual(["copy"]);
    expect(await keysOf(home.store, "out")).toEqual(["k"]);
  });

  it("sends nothing for an event that waits for its next try, unless the older one has just been delivered", async () => {
    const { sent, run } = await setUp();
    const history = { ...NEW, backsOffUntilMs: () => NOON_MS + 1 };
    expect(await run({ history })).toEqual({ outcome: "backing-off" });
    expect(sent).toEqual([]);
    expect(await run({ history }, { ...EVENT, isFreed: true })).toMatchObject({
      outcome: "delivered",
    });
  });

  it("leaves an event untried, although it seems to have expired, if an answer says that the clock is ahead", async () => {
    const { sweep, sent, run } = await setUp();
    const event = { ...EVENT, expiresAtMs: NOON_MS - 500 };
    expect(await run({}, event)).toEqual({ outcome: "expired" });
    const sentAt = { wallMs: NOON_MS, monotonicMs: 0 };
    const exact = { tookMs: 0, dateErrorMs: 0, sentAtStoreMs: NOON_MS - 9_000, sentAt };
    sweep.clock.compare({ ...exact, aheadMs: 9_000 });
    expect(await run({}, event)).toEqual({ outcome: "untried" });
    expect(sent).toEqual([]);
  });

  it("looks first if the event may be delivered, and copies it if its target has nothing or another event's copy", async () => {
    const { home, sent, run } = await setUp();
    const history = TRIED;
    expect(await run({ history })).toMatchObject({ outcome: "delivered" });
    expect(await run({ history })).toEqual({ outcome: "found" });
    await home.store.put(EVENT.to, new Uint8Array(), { metadata: keywhenMetadata(0, "id") });
    expect(await run({ history })).toMatchObject({ outcome: "delivered" });
    expect(sent).toEqual(["head", "copy", "head", "head", "copy"]);
  });

  it("copies an event that may be delivered if its target can't be looked at, or its copy has no delivery id", async () => {
    const { sent, run } = await setUpFailing("head", 9, storeError("denied", "head"));
    const history = TRIED;
    expect(await run({ history })).toMatchObject({ outcome: "delivered" });
    expect(await run({ history }, { ...EVENT, deliveryId: undefined })).toMatchObject({
      outcome: "delivered",
    });
    expect(sent).toEqual(["head", "copy", "copy"]);
  });

  it.each(["throttled", "unavailable"] as const)(
    "looks again if the look is answered by %s, and copies only if the target has nothing",
    async (code) => {
      const { sent, run } = await setUpFailing("head", 2, storeError(code, "head"));
      const history = TRIED;
      expect(await run({ history })).toMatchObject({ outcome: "delivered" });
      expect(sent).toEqual(["head", "head", "head", "copy"]);
    },
  );

  it.each(["throttled", "unavailable", "unauthenticated"] as const)(
    "leaves an event that may be delivered to a later sweep if the look stays unanswered: %s",
    async (code) => {
      const cause = storeError(code, "head");
      const { sent, run } = await setUpFailing("head", 9, cause);
      const history = TRIED;
      expect(await run({ history })).toMatchObject({
        outcome: "failed",
        wasAsked: true,
        deadLetterReason: undefined,
        error: { code, undecided: true, operation: "head", cause },
      });
      expect(sent).not.toContain("copy");
    },
  );

  it("returns `gone` if the event has left the schedule", async () => {
    const { home, run } = await setUp();
    await home.store.delete("schedule", [KEY]);
    expect(await run()).toEqual({ outcome: "gone" });
  });

  it("starts nothing early, nor if nothing new may start", async () => {
    const { home, sent, sweep, run } = await setUp();
    home.clock.set(new Date(EVENT.atMs - 1));
    expect(await run()).toEqual({ outcome: "untried" });
    home.clock.set(NOON);
    sweep.shutdown.obstacleTo = () => "stopped";
    expect(await run()).toEqual({ outcome: "untried" });
    sweep.shutdown.obstacleTo = () => undefined;
    sweep.shutdown.stop("aborted");
    expect(await run()).toEqual({ outcome: "untried" });
    expect(sent).toEqual([]);
  });

  it("delivers to the millisecond, and leaves an event that is too large for the time left", async () => {
    const { home, sent, sweep, run } = await setUp();
    sweep.shutdown.obstacleTo = (size) => ({ tooLarge: `${size} bytes` });
    expect(await run()).toMatchObject({
      outcome: "failed",
      wasAsked: false,
      deadLetterReason: undefined,
      error: {
        code: "unavailable",
        undecided: false,
        operation: "copy",
        message: "copy out/k: 7 bytes",
      },
    });
    expect(sent).toEqual([]);
    sweep.shutdown.obstacleTo = () => undefined;
    home.clock.set(new Date(EVENT.atMs));
    expect(await run()).toMatchObject({ latenessMs: 0 });
  });
});

describe("deliverEvent() after a failure", () => {
  it("tries a throttled copy five times, with pauses, and reports each", async () => {
    const busy = storeError("throttled", "copy");
    const { sent, calls, run } = await setUp((store) => faultyStore(store, { before: () => busy }));
    expect(await run()).toEqual(failedWith(busy));
    expect(sent).toEqual(Array(5).fill("copy"));
    expect(calls).toEqual([0, 50, 150, 350, 750].map((ms) => `throttled ${ms}`));
  });

  it("does not repeat a copy that was refused", async () => {
    const refused = storeError("denied", "copy");
    const { sent, calls, run } = await setUp((store) =>
      faultyStore(store, { before: () => refused }),
    );
    expect(await run()).toEqual(failedWith(refused));
    expect([sent, calls]).toEqual([["copy"], []]);
  });

  it("counts an aborted copy as no answer, and finds one that arrived all the same", async () => {
    const aborted = storeError("aborted", "copy");
    const before = await setUpFailing("copy", 9, aborted);
    expect(await before.run()).toEqual({
      outcome: "failed",
      error: aborted,
      wasAsked: false,
      deadLetterReason: undefined,
    });
    const after = await setUp((store) =>
      faultyStore(store, { after: failFirst("copy", 9, aborted) }),
    );
    expect(await after.run()).toMatchObject(DELIVERED);
    expect(after.sent).toEqual(["copy", "head"]);
  });

  const lost = storeError("unavailable", "copy");

  it("repeats a copy that failed immediately and is not found two seconds later", async () => {
    const { home, sent, calls, run } = await setUpFailing("copy", 1, lost);
    await home.clock.advance("1m");
    expect(await run()).toEqual({ ...DELIVERED, latenessMs: 63_000 });
    expect(sent).toEqual(["copy", "head", "head", "copy"]);
    expect(calls).toEqual(["repeated unavailable"]);
  });

  it("repeats it only once", async () => {
    const { sent, run } = await setUpFailing("copy", 9, lost);
    expect(await run()).toEqual(failedWith(lost));
    expect(sent.filter((kind) => kind === "copy")).toHaveLength(2);
  });

  it("finds a copy that arrives late, and counts its lateness from its start", async () => {
    const { sent, run } = await setUp((store, { clock }) => ({
      ...store,
      copy: async (...call) => {
        void clock.sleep(1_000).then(() => store.copy(...call));
        throw lost;
      },
    }));
    expect(await run()).toEqual({ ...DELIVERED, latenessMs: 1_000 });
    expect(sent).toEqual(["copy", "head", "head"]);
  });

  it("repeats nothing if it can't look, if the copy has no delivery id, or if it failed slowly", async () => {
    const blind = await setUp((store) => {
      const failing = failFirst("copy", 9, lost);
      let heads = 0;
      return faultyStore(store, {
        before(request) {
          if (request.kind !== "head") return failing(request);
          heads += 1;
          return heads === 2 ? storeError("denied", "head") : undefined;
        },
      });
    });
    expect(await blind.run()).toMatchObject({ outcome: "failed", error: lost });
    expect(blind.sent).toEqual(["copy", "head", "head"]);

    const nameless = await setUpFailing("copy", 9, lost);
    const event = { ...EVENT, deliveryId: undefined };
    expect(await nameless.run({}, event)).toMatchObject({ outcome: "failed", error: lost });
    expect(nameless.sent).toEqual(["copy"]);

    for (const [ms, copies] of [
      [5_000, 2],
      [5_001, 1],
    ] as const) {
      const slow = await setUp((store, { clock }) => ({
        ...store,
        copy: async () => {
          await clock.sleep(ms);
          throw lost;
        },
      }));
      expect(await slow.run()).toMatchObject({ outcome: "failed", error: lost });
      expect(slow.sent.filter((kind) => kind === "copy")).toHaveLength(copies);
    }
  });

  it("stays undecided if the clock is set back before the repetition: the first copy may have arrived", async () => {
    let heads = 0;
    const { sent, run } = await setUp((store, { clock }) => {
      const failing = failFirst("copy", 9, lost);
      return faultyStore(store, {
        before(request) {
          if (request.kind === "head" && ++heads === 2) clock.set("2026-12-24T11:00Z");
          return failing(request);
        },
      });
    });
    expect(await run()).toEqual(failedWith(lost));
    expect(sent).toEqual(["copy", "head", "head"]);
  });

  it("ends immediately if nothing new may start while it waits", async () => {
    const { home, sweep, sent, run } = await setUpFailing("copy", 9, lost);
    void home.clock.sleep(500).then(() => sweep.shutdown.stop("aborted"));
    expect(await run()).toMatchObject({ outcome: "failed", error: lost });
    expect(sent).toEqual(["copy", "head"]);
  });
});

describe("deliverEvent() of an event that may become a dead letter", () => {
  /** Fails the copy of an event that could have been delivered for `ageMs`. */
  async function failedAfter(code: StoreErrorCode, ageMs: number, wasTried = true) {
    const { run } = await setUpFailing("copy", 9, storeError(code, "copy"));
    const history = { ...NEW, wasTried: () => wasTried, nowMs: () => EVENT.sinceMs + ageMs };
    return run({ history });
  }

  it("gives up a target that the store can't have immediately, and anything else after maxAge", async () => {
    expect(await failedAfter("invalid-key", 0)).toMatchObject({
      deadLetterReason: "target-invalid",
    });
    const young = await failedAfter("denied", HOUR_MS - 1);
    expect(young).toMatchObject({ outcome: "failed", deadLetterReason: undefined });
    expect(await failedAfter("denied", HOUR_MS)).toMatchObject({ deadLetterReason: "max-age" });
  });

  it("gives up nothing that has just had its first try", async () => {
    const first = await failedAfter("denied", 9 * HOUR_MS, false);
    expect(first).toMatchObject({ outcome: "failed", deadLetterReason: undefined });
  });

  it("gives up nothing because of a copy that was aborted, or could not start", async () => {
    expect(await failedAfter("aborted", 9 * HOUR_MS)).toMatchObject({
      deadLetterReason: undefined,
    });
    const { sweep, run } = await setUp();
    const history = { ...NEW, wasTried: () => true, nowMs: () => NOON_MS + 9 * HOUR_MS };
    sweep.shutdown.obstacleTo = () => ({ tooLarge: "too large" });
    expect(await run({ history })).toMatchObject({
      outcome: "failed",
      deadLetterReason: undefined,
    });
  });
});

describe("deliverEvent() in a store that moves", () => {
  const moving = (move: "any-bucket" | "same-bucket" | "none") => {
    const build = (store: ObjectStore): ObjectStore => ({
      ...store,
      capabilities: { ...store.capabilities, move },
      move: async (source, target, options) => {
        const result = await store.copy(source, target, options);
        await store.delete(source.bucket, [source.key]);
        return result;
      },
    });
    return setUp(build);
  };
  const within: DueEvent = { ...EVENT, to: { bucket: "schedule", key: "reports/k" } };

  it.each([
    ["any-bucket", EVENT, true],
    ["same-bucket", EVENT, false],
    ["same-bucket", within, true],
    ["none", within, false],
  ] as const)("with moves in %s, an event to %o is moved: %s", async (where, event, isRemoved) => {
    const { home, sent, run } = await moving(where);
    const history = TRIED;
    expect(await run({ history }, event)).toMatchObject({ outcome: "delivered", isRemoved });
    expect(sent).toEqual(isRemoved ? ["move"] : ["head", "copy"]); // a move is atomic
    const waits = await home.store.head({ bucket: "schedule", key: KEY });
    expect(waits === undefined).toBe(isRemoved);
  });

  it.each(["denied", "invalid-key"] as const)(
    "copies nothing if a move fails: %s",
    async (code) => {
      const { sent, run } = await setUp((store) => ({
        ...store,
        capabilities: { ...store.capabilities, move: "any-bucket" },
        move: () => Promise.reject(storeError(code, "move")),
      }));
      expect(await run()).toMatchObject({ outcome: "failed", wasAsked: true, error: { code } });
      expect(sent).toEqual(["move"]);
    },
  );

  it("looks at the target of a tried event and copies it if the store can't move it atomically", async () => {
    const refusal = storeError("not-supported", "move");
    const { home, sent, run } = await setUp((store) => ({
      ...store,
      capabilities: { ...store.capabilities, move: "any-bucket" },
      move: () => Promise.reject(refusal),
    }));
    expect(await run()).toEqual({ ...DELIVERED, latenessMs: 1_000 });
    const history = TRIED;
    expect(await run({ history })).toEqual({ outcome: "found" });
    await home.store.delete("out", ["k"]);
    expect(await run({ history })).toMatchObject(DELIVERED);
    expect(sent).toEqual(["move", "copy", "move", "head", "move", "head", "copy"]);
  });
});

describe("deliverEvent() to any target", () => {
  const target: StoreTarget = {
    canMove: () => false,
    deliver: async () => ({ outcome: "copied" }),
    find: async () => "not-found",
  };

  it("needs nothing but `deliver` and `find`", async () => {
    const { sent, run } = await setUp();
    const asked: string[] = [];
    const recording: StoreTarget = {
      canMove: () => false,
      async deliver(_, { move }) {
        asked.push(move ? "move" : "deliver");
        return { outcome: "copied" };
      },
      async find() {
        asked.push("find");
        return "not-found";
      },
    };
    expect(await run({ storeTarget: recording, history: TRIED })).toMatchObject(DELIVERED);
    expect([asked, sent]).toEqual([["find", "deliver"], []]);
  });

  it("throws what is no store error: that is a bug", async () => {
    const bug = new TypeError("a bug");
    const { run } = await setUp();
    const throwing = { ...target, deliver: () => Promise.reject(bug) };
    await expect(run({ storeTarget: throwing })).rejects.toBe(bug);
    const blind = { ...target, find: () => Promise.reject(bug) };
    await expect(run({ storeTarget: blind, history: TRIED })).rejects.toBe(bug);
  });
});
