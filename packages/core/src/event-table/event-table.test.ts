import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { dueEvent } from "../test-support/due-event.js";
import {
  type CopyAnswer,
  type DeleteAnswer,
  REFUSED_BUCKET,
  TableWorld,
} from "../test-support/table-world.js";
import { storeError } from "../test-support/test-schedule.js";
import type { Delivery, DueEvent } from "./event-states.js";
import { EventTable, type EventTableOptions } from "./event-table.js";
import type { DeadLetterOutcome } from "./rejected-events.js";
import { ConcurrencyLimit, SlowBuckets } from "./waiting-events.js";

const ENOUGH = 1_000;

const index = fc.nat({ max: 9 });
const bucket = fc.constantFrom("a", "b", "c", REFUSED_BUCKET);
const copyAnswer = fc.constantFrom<CopyAnswer>(
  "copied",
  "copied",
  "copied",
  "moved",
  "found",
  "untried",
  "backing-off",
  "refused",
  "unanswered",
  "slow",
  "too old",
);
const deleteAnswer = fc.constantFrom<DeleteAnswer>("gone", "gone", "gone", "retry", "failed");
const deadLetterOutcome = fc.constantFrom<DeadLetterOutcome>(
  { outcome: "stored" },
  { outcome: "gone" },
  { outcome: "untried" },
  { outcome: "failed", error: storeError("denied", "copy") },
);

type Step = (world: TableWorld) => unknown;

/** A step with a name for the report of a failure. */
function step<T extends readonly unknown[]>(
  name: string,
  values: fc.Arbitrary<T>,
  run: (world: TableWorld, ...values: T) => unknown,
): fc.Arbitrary<Step> {
  return values.map((chosen) => {
    const act: Step = (world) => run(world, ...chosen);
    return Object.assign(act, { toString: () => `${name} ${fc.stringify(chosen)}` });
  });
}

const nothing = fc.constant<[]>([]);
const times = fc.tuple(fc.integer({ min: 1, max: 9 }));
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: step("write", fc.tuple(bucket, fc.nat({ max: 60 }), index), (world, to, at, id) =>
        world.write(to, at, `${id}`),
      ),
    },
    { weight: 1, arbitrary: step("cancel", fc.tuple(index), (world, at) => world.cancel(at)) },
    { weight: 3, arbitrary: step("list all", nothing, (world) => world.listAll()) },
    { weight: 1, arbitrary: step("list", nothing, (world) => world.list()) },
    { weight: 2, arbitrary: step("read a page", nothing, (world) => world.readPage()) },
    { weight: 3, arbitrary: step("admit", times, (world, count) => world.admit(count)) },
    {
      weight: 2,
      arbitrary: step("advance", fc.tuple(fc.nat({ max: 40 })), (world, ms) => world.advance(ms)),
    },
    {
      weight: 1,
      arbitrary: step("advance unnoticed", fc.tuple(fc.nat({ max: 20 })), (world, ms) =>
        world.advanceUnnoticed(ms),
      ),
    },
    {
      weight: 1,
      arbitrary: step("wait for a delete", nothing, (world) => world.advance(1_000)),
    },
    {
      weight: 1,
      arbitrary: step("set the clock", fc.tuple(fc.nat({ max: 60 })), (world, ms) =>
        world.setClock(ms),
      ),
    },
    { weight: 5, arbitrary: step("start", times, (world, count) => world.startCopies(count)) },
    {
      weight: 8,
      arbitrary: step("end a copy", fc.tuple(index, copyAnswer), (world, at, answer) =>
        world.endCopy(at, answer),
      ),
    },
    {
      weight: 1,
      arbitrary: step("slow down", fc.tuple(bucket), (world, to) => world.slowDown(to)),
    },
    { weight: 1, arbitrary: step("throttle", nothing, (world) => world.throttle()) },
    { weight: 4, arbitrary: step("send deletes", nothing, (world) => world.sendDeletes()) },
    {
      weight: 4,
      arbitrary: step(
        "end a delete",
        fc.tuple(index, fc.array(deleteAnswer, { minLength: 1, maxLength: 3 })),
        (world, at, answers) => world.endDelete(at, answers),
      ),
    },
  ),
  { maxLength: 150, size: "max" },
);

const run = fc.record({
  options: fc.record({
    mostConcurrent: fc.integer({ min: 1, max: 8 }),
    mostInMemory: fc.integer({ min: 1, max: 12 }),
    mostUpcoming: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(ENOUGH)),
    deleteBatchSize: fc.integer({ min: 1, max: 4 }),
    listsAgain: fc.nat({ max: 4 }).map((digit) => digit > 0),
  }),
  steps,
  stopsAt: fc.option(fc.nat({ max: 150 })),
  lastCopies: copyAnswer,
  lastDeletes: deleteAnswer,
  deadLetters: deadLetterOutcome,
});

/** Takes the steps, then brings everything to its end. `TableWorld` throws if a promise is broken on the way. */
function worldAfter({
  options,
  steps,
  stopsAt,
  lastCopies,
  lastDeletes,
  deadLetters,
}: typeof run extends fc.Arbitrary<infer T> ? T : never): TableWorld {
  const world = new TableWorld(options);
  for (const [at, take] of steps.entries()) {
    if (at === stopsAt) world.stop();
    take(world);
  }
  if (stopsAt !== null) world.stop();
  world.finish(lastCopies, lastDeletes, deadLetters);
  return world;
}

describe("EventTable: any sequence of listings, answers and clock changes", () => {
  it("keeps its promises", () => {
    fc.assert(
      fc.property(run, (given) => {
        const world = worldAfter(given);
        const { table, ledger } = world;
        ledger.checkReport();
        const isStopped = (atMs: number) =>
          world.stoppedAtMs !== undefined && atMs > world.stoppedAtMs;
        ledger.checkLastListing(({ atMs }) => table.upcoming.isWorthListing || isStopped(atMs));
        if (given.options.mostUpcoming === ENOUGH) {
          for (const [key, { atMs }] of ledger.admittedEver) {
            if (!isStopped(atMs) && !ledger.hasEnded(key)) throw new Error(`${key} was lost`);
          }
        }
        expect([
          table.states.isDelivered,
          table.states.isDeadLettered,
          table.states.isDeleted,
        ]).toEqual([true, true, true]);
        expect(table.nextCopy(0)).toBeUndefined();
        expect(table.rejected.next(64)).toBeUndefined();
        expect(table.deletes.next(Number.POSITIVE_INFINITY)).toBeUndefined();
        expect(Math.min(table.nextDueMs, table.deletes.nextMs)).toBe(Number.POSITIVE_INFINITY);
      }),
      { numRuns: 1_000 },
    );
  });
});

const COPIED: Delivery = { outcome: "delivered", isRemoved: false, latenessMs: 0 };
const MOVED: Delivery = { outcome: "delivered", isRemoved: true, latenessMs: 0 };
const FAILED: Delivery = {
  outcome: "failed",
  error: storeError("denied", "copy"),
  isAnswer: true,
  deadLetterReason: undefined,
};
const TOO_OLD: Delivery = { ...FAILED, deadLetterReason: "max-age" };
const GONE = { outcome: "gone" } as const;
const UNDELETED = { outcome: "failed", error: storeError("denied", "delete") } as const;

/** An event that is due at an instant; its id and key begin with it. */
function at(atMs: number, target: string, bucket = "out"): DueEvent {
  const id = `${1_000 + atMs}|${target}`;
  return dueEvent(id, { atMs, sinceMs: atMs, to: { bucket, key: target }, target });
}

function tableOf(options: Partial<EventTableOptions> = {}) {
  const concurrency = new ConcurrencyLimit(64);
  const slowBuckets = new SlowBuckets();
  const table = new EventTable({
    targets: {
      isAllowed: ({ bucket }) => bucket !== REFUSED_BUCKET,
      whyRefused: () => "outside allowTargets",
    },
    concurrency,
    slowBuckets,
    mostInMemory: ENOUGH,
    mostUpcoming: ENOUGH,
    deleteBatchSize: 10,
    dryRun: false,
    listsAgain: true,
    ...options,
  });
  const next = () => {
    const tracked = table.nextCopy(0);
    if (tracked === undefined) throw new Error("nothing may be copied");
    return tracked;
  };
  return {
    table,
    slowBuckets,
    concurrency,
    /** Admits events that were listed. */
    admit: (nowMs: number, ...events: readonly DueEvent[]) =>
      events.map((event) => table.admit(event, nowMs)),
    /** Copies the next event. */
    copy(delivery = COPIED): DueEvent {
      const tracked = next();
      table.copyEnded(tracked, delivery, 0);
      return tracked;
    },
    next,
    nextKey: () => table.nextCopy(0)?.key,
    /** Sends and answers the deletes that are due. */
    remove(result: typeof GONE | typeof UNDELETED = GONE, nowMs = 1_000) {
      const batch = table.deletes.next(nowMs) ?? [];
      for (const tracked of batch) table.deleteEnded(tracked, result);
      table.deletes.requestEnded();
      return batch.map(({ key }) => key);
    },
    /** What has happened since the last call, as type and id or reason. */
    log: () => table.log.take().map(inShort),
  };
}

function inShort(event: SweepEvent): string {
  if (event.type === "due") return `due ${event.count}`;
  if (event.type === "left") return `left ${event.id}: ${event.reason}`;
  return "id" in event ? `${event.type} ${event.id}` : event.type;
}

describe("EventTable: from the listing to the copy", () => {
  it("starts what is due immediately, and everything else at its instant", () => {
    const { table, admit, nextKey } = tableOf();
    expect(admit(0, at(0, "a"), at(20, "c"), at(10, "b"))).toEqual([true, true, true]);
    expect([nextKey(), nextKey(), table.nextDueMs]).toEqual(["1000|a", undefined, 10]);
    table.startDue(10);
    expect([nextKey(), nextKey(), table.nextDueMs]).toEqual(["1010|b", undefined, 20]);
    expect(table.states.isDelivered).toBe(false);
  });

  it("starts the events whose instant has come before it admits another one", () => {
    const { admit, nextKey } = tableOf();
    admit(0, at(5, "a"));
    admit(9, at(7, "b"));
    expect([nextKey(), nextKey()]).toEqual(["1005|a", "1007|b"]);
  });

  it("has no more copies in flight than the concurrency allows", () => {
    const { table, admit, next, nextKey } = tableOf({ concurrency: new ConcurrencyLimit(2) });
    admit(0, at(0, "a"), at(0, "b"), at(0, "c"));
    const [one, two] = [next(), next()];
    expect([one.state, two.state, table.hasCopy, nextKey()]).toEqual([
      "copying",
      "copying",
      false,
      undefined,
    ]);
    table.copyEnded(one, COPIED, 0);
    expect([table.hasCopy, nextKey(), table.concurrencyReached]).toEqual([true, "1000|c", 2]);
  });

  it("ignores an event that it knows", () => {
    const { table, admit, copy, log } = tableOf();
    admit(0, at(0, "a"), at(9, "b"));
    table.startListing();
    admit(0, at(0, "a"), at(9, "b"));
    expect([copy().key, table.nextCopy(0)]).toEqual(["1000|a", undefined]);
    expect(log()).toEqual(["due 1", "relisted", "delivered 1000|a"]);
  });

  it("ignores an event that was delivered after its page was listed, until the next listing", () => {
    const { table, admit, copy, nextKey } = tableOf();
    admit(0, at(0, "a"));
    table.startListing();
    copy(MOVED);
    admit(0, at(0, "a"));
    expect(nextKey()).toBeUndefined();
    table.startListing();
    admit(0, at(0, "a")); // written again
    expect(nextKey()).toBe("1000|a");
  });

  it("lets other events pass those of a bucket that fails slowly", () => {
    const { table, admit, slowBuckets, nextKey } = tableOf({
      concurrency: new ConcurrencyLimit(8),
    });
    admit(0, at(0, "a", "bad"), at(0, "b", "bad"), at(0, "c"));
    for (let failures = 0; failures < 8; failures++) slowBuckets.ended("bad", "failed", 2_000);
    expect([nextKey(), nextKey(), nextKey()]).toEqual(["1000|a", "1000|c", undefined]);
    expect([table.hasCopy, table.states.isDelivered]).toEqual([true, false]);
  });

  it("postpones what has no room behind such a bucket, and newer events of its target with it", () => {
    const { table, admit, slowBuckets, log } = tableOf({ concurrency: new ConcurrencyLimit(8) });
    for (let count = 0; count < 502; count++) admit(0, at(0, `${count}`, "bad"));
    for (let failures = 0; failures < 8; failures++) slowBuckets.ended("bad", "failed", 2_000);
    expect([table.nextCopy(0)?.key, table.nextCopy(0)]).toEqual(["1000|0", undefined]);
    expect(log()).toEqual(["due 502", "left 1000|501: postponed"]);
    admit(1, at(1, "501", "bad"));
    expect(log()).toEqual(["due 1", "left 1001|501: postponed"]);
    expect(table.log.unattemptedSinceMs).toBe(0);
  });
});

describe("EventTable: events of the same target", () => {
  it("starts the newer one once the older one is deleted, however its own tries stand", () => {
    const { admit, copy, remove, next, nextKey } = tableOf();
    admit(1, at(0, "k"), at(1, "k"));
    copy();
    expect(nextKey()).toBeUndefined();
    expect(remove(GONE, 0)).toEqual(["1000|k"]); // the batch does not wait for others
    const newer = next();
    expect([newer.key, newer.isFreed]).toEqual(["1001|k", true]);
  });

  it("sends the delete early if a newer event of the target comes", () => {
    const { table, admit, copy, remove } = tableOf();
    admit(0, at(0, "first"));
    copy();
    remove();
    admit(0, at(0, "k"));
    copy();
    expect(table.deletes.next(0)).toBeUndefined();
    admit(1, at(1, "k"));
    expect(table.deletes.next(0)).toHaveLength(1);
  });

  it.each([
    ["a move", MOVED],
    ["an event that has gone", { outcome: "gone" }],
  ] as const)("starts the newer one immediately after %s", (_, delivery) => {
    const { admit, copy, nextKey } = tableOf();
    admit(1, at(0, "k"), at(1, "k"));
    copy(delivery);
    expect(nextKey()).toBe("1001|k");
  });

  it.each([
    ["failed", FAILED, "failed 1000|k"],
    ["backs off", { outcome: "backing-off" }, "left 1000|k: backing-off"],
  ] as const)("blocks the newer one if the older one %s", (_, delivery, reported) => {
    const { table, admit, copy, log } = tableOf();
    admit(1, at(0, "k"), at(1, "k"));
    copy(delivery);
    expect(log()).toEqual(["due 2", reported, "left 1001|k: blocked"]);
    expect([table.states.isDelivered, table.log.isNothingUntried]).toEqual([true, false]);
    expect(table.log.unattemptedSinceMs).toBeUndefined();
  });

  it("leaves the newer one untried if the older one is", () => {
    const { table, admit, copy, log } = tableOf();
    admit(1, at(0, "k"), at(1, "k"));
    copy({ outcome: "untried" });
    expect(log()).toEqual(["due 2", "left 1000|k: untried", "left 1001|k: untried"]);
    expect(table.log.unattemptedSinceMs).toBe(0);
  });

  it("tries both again after the next listing, the older one first", () => {
    const { table, admit, copy, next, nextKey } = tableOf();
    admit(1, at(0, "k"), at(1, "k"));
    copy(FAILED);
    table.queues.endListing();
    table.startListing();
    admit(1, at(0, "k"), at(1, "k"));
    const older = next();
    expect([older.key, nextKey()]).toEqual(["1000|k", undefined]);
    table.copyEnded(older, MOVED, 0);
    expect(nextKey()).toBe("1001|k");
  });

  it("keeps the place of an event that stayed: a newer one does not overtake it at its instant", () => {
    const { table, admit, copy, nextKey } = tableOf();
    admit(1, at(0, "k"), at(1, "k"), at(5, "k"));
    copy(FAILED);
    table.queues.endListing();
    table.startListing();
    admit(1, at(0, "k"));
    copy(MOVED);
    table.startDue(5); // the listing has not come to the second event yet
    expect(nextKey()).toBeUndefined();
    admit(5, at(1, "k"));
    expect(nextKey()).toBe("1001|k");
  });

  it("keeps the newer one blocked if the older one is delivered but not deleted", () => {
    const { table, admit, copy, remove, log } = tableOf();
    admit(1, at(0, "k"), at(1, "k"));
    const older = copy();
    remove(UNDELETED);
    expect(older.state).toBe("undeleted");
    const reported = ["undeleted 1000|k", "left 1001|k: blocked"];
    expect(log()).toEqual(["due 2", "delivered 1000|k", ...reported]);
    expect([table.states.isDelivered, table.states.isDeleted, table.log.uncertainMs]).toEqual([
      true,
      true,
      0,
    ]);
  });
});

describe("EventTable: deletes", () => {
  it("deletes what was delivered now and what an earlier sweep had delivered", () => {
    const { table, admit, copy, remove, log } = tableOf();
    admit(0, at(0, "a"), at(0, "b"));
    copy();
    copy({ outcome: "found" });
    expect(log()).toEqual(["due 2", "delivered 1000|a", "already-delivered 1000|b"]);
    expect([table.states.isDelivered, table.states.isDeleted]).toEqual([true, false]);
    expect(remove()).toEqual(["1000|a", "1000|b"]);
    expect(table.states.isDeleted).toBe(true);
  });

  it("sends a delete that failed again at its time", () => {
    const { table, admit, copy } = tableOf();
    admit(0, at(0, "a"));
    const tracked = copy();
    expect(table.deletes.next(0)).toEqual([tracked]);
    table.deleteEnded(tracked, UNDELETED, 700);
    table.deletes.requestEnded();
    expect([table.states.isDeleted, table.deletes.nextMs, tracked.deleteAttempts]).toEqual([
      false,
      700,
      1,
    ]);
    table.deletes.drain();
    expect([table.deletes.next(699), table.deletes.next(700)]).toEqual([undefined, [tracked]]);
  });
});

describe("EventTable: room", () => {
  it("counts an event until its delete is confirmed", () => {
    const { table, admit, copy, remove } = tableOf({ mostInMemory: 1 });
    expect([table.hasRoom(0), table.hasAmpleRoom(0)]).toEqual([true, true]);
    admit(0, at(0, "a"));
    copy();
    expect([table.hasRoom(0), table.hasAmpleRoom(0)]).toEqual([false, false]);
    remove();
    expect(table.hasRoom(0)).toBe(true);
  });

  it("has room for a thousand ready events, and ample room below half of that", () => {
    const { table, admit, next } = tableOf({
      mostInMemory: 5_000,
      concurrency: new ConcurrencyLimit(5_000),
    });
    for (let count = 0; count < 1_000; count++) admit(0, at(0, `${count}`));
    expect(table.hasRoom(0)).toBe(false);
    const concurrency = 64;
    for (let count = 0; count < concurrency; count++) next();
    expect([table.hasRoom(0), table.hasAmpleRoom(0)]).toEqual([true, false]);
  });

  it("keeps due events without room in order, and starts the oldest first", () => {
    const { table, admit, copy, nextKey } = tableOf({ mostInMemory: 1 });
    admit(0, at(0, "a"), at(1, "b"));
    table.startDue(2);
    expect(table.hasRoom(2)).toBe(false);
    expect(table.nextDueMs).toBe(Number.POSITIVE_INFINITY); // it waits for room, not for its time
    admit(2, at(2, "c"));
    copy(MOVED);
    table.startDue(2);
    expect([nextKey(), nextKey(), table.hasRoom(2)]).toEqual(["1001|b", undefined, false]);
  });

  it("lists again for upcoming events that had no room, once half of it is free", () => {
    const { table, admit, copy } = tableOf({ mostUpcoming: 2 });
    expect(admit(0, at(10, "a"), at(30, "c"))).toEqual([true, true]);
    expect(admit(0, at(20, "b"))).toEqual([true]); // the latest makes room
    expect(admit(0, at(30, "c"))).toEqual([false]);
    expect(table.upcoming.isWorthListing).toBe(false);
    table.startDue(10);
    expect(table.upcoming.isWorthListing).toBe(true);
    table.startListing();
    expect(table.upcoming.isWorthListing).toBe(false);
    expect(admit(10, at(20, "b"), at(30, "c"))).toEqual([true, true]);
    copy();
    table.startDue(30);
    expect([copy().key, copy().key]).toEqual(["1020|b", "1030|c"]);
  });

  it("knows since when the oldest event waits for its turn", () => {
    const { table, admit, next } = tableOf();
    expect(Math.min(table.ready.sinceMs, table.upcoming.sinceMs)).toBe(Number.POSITIVE_INFINITY);
    admit(9, at(5, "a"), at(7, "b"));
    expect(Math.min(table.ready.sinceMs, table.upcoming.sinceMs)).toBe(5);
    next();
    expect(Math.min(table.ready.sinceMs, table.upcoming.sinceMs)).toBe(7);
  });

  it("counts an event that is due and has no room among those that wait for their turn", () => {
    const { table, admit, copy } = tableOf({ mostInMemory: 1 });
    admit(0, at(0, "a"), at(5, "b"));
    copy(); // its delete takes long
    table.startDue(10);
    expect(Math.min(table.ready.sinceMs, table.upcoming.sinceMs)).toBe(5);
  });
});

describe("EventTable: dead letters", () => {
  const REFUSED = at(0, "refused", REFUSED_BUCKET);

  it("moves events that can never work and those that are too old when all others are settled", () => {
    const { table, admit, copy, remove, log } = tableOf();
    admit(1, REFUSED, at(0, "old"), at(1, "old"), at(0, "fine"));
    copy(TOO_OLD);
    copy(MOVED);
    expect(table.rejected.next(64)).toBeUndefined(); // not yet
    expect([table.states.isDelivered, table.rejected.start()]).toEqual([true, false]);
    const [refused, old] = [table.rejected.next(64), table.rejected.next(64)];
    if (refused === undefined || old === undefined) throw new Error("two dead letters");
    expect([refused.reason, old.reason]).toEqual(["target-not-allowed", "max-age"]);
    expect([table.rejected.next(64), table.states.isDeadLettered]).toEqual([undefined, false]);
    table.rejected.ended(refused, { outcome: "stored" }, 0);
    table.rejected.ended(old, { outcome: "gone" }, 0);
    expect([table.states.isDeadLettered, table.states.isDeleted, remove()]).toEqual([
      true,
      false,
      [REFUSED.key],
    ]);
    const reported = [`dead ${REFUSED.id}`, "gone 1000|old"];
    expect(log()).toEqual(["due 4", "left 1001|old: blocked", "delivered 1000|fine", ...reported]);
  });

  it("keeps an event that could not be moved to the dead letters", () => {
    const { table, admit, copy, log } = tableOf();
    admit(0, at(0, "a"), at(0, "b"));
    copy(TOO_OLD);
    copy(TOO_OLD);
    table.rejected.start();
    const error = storeError("unavailable", "copy", { undecided: true });
    for (const outcome of [{ outcome: "failed", error }, { outcome: "untried" }] as const) {
      const rejected = table.rejected.next(64);
      if (rejected !== undefined) table.rejected.ended(rejected, outcome, 0);
    }
    expect(log()).toEqual(["due 2", "failed 1000|a", "left 1000|b: untried"]);
    expect(table.log.uncertainMs).toBe(0);
  });

  it("moves no more at the same time than the concurrency allows", () => {
    const { table, admit, copy } = tableOf();
    admit(0, at(0, "a"), at(0, "b"));
    copy(TOO_OLD);
    copy(TOO_OLD);
    table.rejected.start();
    expect([table.rejected.next(1)?.event.state, table.rejected.next(1)]).toEqual([
      "dead-lettering",
      undefined,
    ]);
  });

  it("leaves refused events if nothing else is due: allowTargets must be wrong", () => {
    const { table, admit, log } = tableOf();
    admit(0, REFUSED);
    expect([table.rejected.start(), table.rejected.next(64)]).toEqual([true, undefined]);
    expect(log()).toEqual(["due 1", `refused ${REFUSED.id}`]);
    expect(table.log.unattemptedSinceMs).toBe(0); // tried once they are allowed
  });

  it("passes over refused events that are most of what is due, and lets the others back off", () => {
    const { table, admit, copy } = tableOf();
    for (let count = 0; count < 101; count++) admit(0, at(0, `${count}`, REFUSED_BUCKET));
    admit(0, at(0, "fine"));
    copy(MOVED);
    expect(table.rejected.start()).toBe(true);
    expect([table.log.unattemptedSinceMs, table.log.isNothingUntried]).toEqual([undefined, false]);
  });

  it("reports refused events without room immediately, and meets them again", () => {
    const { table, admit, log } = tableOf();
    const last = at(1, "last", REFUSED_BUCKET);
    for (let count = 0; count < 10_000; count++) admit(1, at(0, `${count}`, REFUSED_BUCKET));
    admit(1, last);
    expect(log()).toEqual(["due 10001", `refused ${last.id}`]);
    table.startListing();
    admit(1, last);
    expect(log()).toEqual(["relisted", "due 1", `refused ${last.id}`]);
    expect(table.log.dueCount).toBe(10_001);
  });

  it("leaves an event that is too old if there is no room for it, and tries it again", () => {
    const { table, admit, copy, log } = tableOf({ mostInMemory: 20_000 });
    for (let count = 0; count <= 10_000; count++) {
      admit(0, at(0, `${count}`));
      copy(TOO_OLD);
    }
    expect(log()).toEqual(["due 10001", "failed 1000|10000"]);
    expect(table.states.isDelivered).toBe(true);
  });
});

describe("EventTable: the end of a sweep", () => {
  it("starts nothing more once it is stopped, and leaves what has not started as untried", () => {
    const { table, admit, next, log } = tableOf();
    admit(1, at(0, "k"), at(0, "other"), at(1, "k"), at(9, "later"), at(5, "soon"));
    const started = next();
    table.stop(5);
    const left = ["1000|other", "1001|k", "1005|soon"].map((id) => `left ${id}: untried`);
    expect(log()).toEqual(["due 3", ...left.slice(0, 2), "due 1", ...left.slice(2)]);
    expect([table.hasCopy, table.nextCopy(0), table.states.isDelivered]).toEqual([
      false,
      undefined,
      false,
    ]);
    table.copyEnded(started, COPIED, 0);
    expect(table.states.isDelivered).toBe(true);
  });

  it("counts what is listed after it was stopped, if it is due", () => {
    const { table, admit, log } = tableOf();
    table.stop(0);
    expect(admit(0, at(0, "a"), at(9, "b"), at(0, "c", REFUSED_BUCKET))).toEqual([
      true,
      true,
      true,
    ]);
    expect(log()).toEqual(["due 1", "left 1000|a: untried", "due 1"]);
    expect([table.states.isDelivered, table.nextDueMs]).toEqual([true, Number.POSITIVE_INFINITY]);
  });

  it("only counts in a dry run", () => {
    const { table, admit, log } = tableOf({ dryRun: true });
    admit(0, at(0, "a"), at(0, "b", REFUSED_BUCKET));
    expect(log()).toEqual(["due 2", "refused 1000|b"]);
    expect([table.states.isDelivered, table.rejected.start(), table.rejected.next(64)]).toEqual([
      true,
      false,
      undefined,
    ]);
  });

  it("says nothing if nothing has happened", () => {
    expect(tableOf().log()).toEqual([]);
  });

  it("is certain of the order of its events as long as it can track their targets", () => {
    const { table, admit } = tableOf();
    admit(0, at(0, "a"));
    expect(table.queues.isOrderUncertain).toBe(false);
  });
});
