import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { ConcurrencyLimit } from "../sweep/concurrency.js";
import { dueEvent } from "../test-support/due-event.js";
import { finishTable } from "../test-support/finish-table.js";
import { COPY_ANSWERS, type CopyAnswer, type DeleteAnswer } from "../test-support/table-answers.js";
import { DESTINATION } from "../test-support/table-calls.js";
import { REFUSED_BUCKET, TableWorld } from "../test-support/table-world.js";
import { storeError } from "../test-support/test-schedule.js";
import type { Delivery, DueEvent } from "./due-event.js";
import { EventTable, type EventTableOptions } from "./event-table.js";
import { SlowBuckets } from "./ready-events.js";
import type { DeadLetterOutcome } from "./rejected-events.js";

const ENOUGH = 1_000;

const index = fc.nat({ max: 9 });
const bucket = fc.constantFrom("a", "b", "c", DESTINATION, DESTINATION, REFUSED_BUCKET);
const copyAnswer = fc.oneof(
  { weight: 3, arbitrary: fc.constant("copied" as const) },
  { weight: 8, arbitrary: fc.constantFrom<CopyAnswer>(...COPY_ANSWERS) },
);
const deleteAnswer = fc.constantFrom<DeleteAnswer>("gone", "gone", "gone", "retry", "failed");
const deadLetterOutcome = fc.constantFrom<DeadLetterOutcome>(
  { outcome: "stored" },
  { outcome: "passed-over" },
  { outcome: "gone" },
  { outcome: "untried" },
  { outcome: "failed", error: storeError("denied", "copy") },
);

type Step = (world: TableWorld) => unknown;

/** A step with a weight and a name, for the report of a failure. */
function step<T extends readonly unknown[]>(
  weight: number,
  name: string,
  values: fc.Arbitrary<T>,
  run: (world: TableWorld, ...values: T) => unknown,
): { weight: number; arbitrary: fc.Arbitrary<Step> } {
  const arbitrary = values.map((chosen) => {
    const act: Step = (world) => run(world, ...chosen);
    return Object.assign(act, { toString: () => `${name} ${fc.stringify(chosen)}` });
  });
  return { weight, arbitrary };
}

const nothing = fc.constant<[]>([]);
const times = fc.tuple(fc.integer({ min: 1, max: 9 }));
const ms = (max: number) => fc.tuple(fc.nat({ max }));
const event = fc.tuple(bucket, fc.nat({ max: 60 }), index);
/** More events of a few targets of the destination than it has room for. */
const flooding = fc.tuple(fc.constant(DESTINATION), fc.nat({ max: 9 }), index);
const answers = fc.tuple(index, fc.array(deleteAnswer, { minLength: 1, maxLength: 3 }));
const anyStep = fc.oneof(
  step(6, "write", event, (world, to, atMs, id) => world.write(to, atMs, `${id}`)),
  step(1, "cancel", fc.tuple(index), (world, at) => world.cancel(at)),
  step(3, "list all", nothing, (world) => world.listAll()),
  step(1, "list", nothing, (world) => world.list()),
  step(2, "read a page", nothing, (world) => world.readPage()),
  step(3, "admit", times, (world, count) => world.admit(count)),
  step(2, "advance", ms(40), (world, by) => world.advance(by)),
  step(1, "advance unnoticed", ms(20), (world, by) => world.advanceUnnoticed(by)),
  step(1, "wait for a delete", nothing, (world) => world.advance(1_000)),
  step(1, "set the clock", ms(60), (world, to) => world.setClock(to)),
  step(5, "start", times, (world, count) => world.startCopies(count)),
  step(8, "end a copy", fc.tuple(index, copyAnswer), (world, ...how) => world.endCopy(...how)),
  step(5, "call", times, (world, count) => world.startCalls(count)),
  step(8, "end a call", fc.tuple(index, copyAnswer), (world, ...how) => world.endCall(...how)),
  step(3, "read what was left", nothing, (world) => world.readLeft()),
  step(3, "admit what was left", nothing, (world) => world.admitLeft()),
  step(1, "fail to read what was left", nothing, (world) => world.refill.fail()),
  step(1, "pause", ms(60), (world, forMs) => world.pause(forMs)),
  step(1, "slow down", fc.tuple(bucket), (world, to) => world.slowDown(to)),
  step(1, "throttle", nothing, (world) => world.throttle()),
  step(2, "dead-letter", nothing, (world) => world.startDeadLetter()),
  step(2, "end a dead letter", fc.tuple(index, deadLetterOutcome), (world, ...how) =>
    world.endDeadLetter(...how),
  ),
  step(4, "send deletes", nothing, (world) => world.sendDeletes()),
  step(4, "end a delete", answers, (world, ...how) => world.endDelete(...how)),
);
const floodStep = fc.oneof(
  step(6, "write", flooding, (world, to, atMs, id) => world.write(to, atMs, `${id}`)),
  step(2, "list all", nothing, (world) => world.listAll()),
  step(1, "list", nothing, (world) => world.list()),
  step(2, "read a page", nothing, (world) => world.readPage()),
  step(2, "admit", times, (world, count) => world.admit(count)),
  step(2, "advance", ms(4), (world, by) => world.advance(by)),
  step(4, "call", times, (world, count) => world.startCalls(count)),
  step(6, "end a call", fc.tuple(index, copyAnswer), (world, ...how) => world.endCall(...how)),
  step(4, "read what was left", nothing, (world) => world.readLeft()),
  step(4, "admit what was left", nothing, (world) => world.admitLeft()),
  step(4, "send deletes", nothing, (world) => world.sendDeletes()),
  step(4, "end a delete", answers, (world, ...how) => world.endDelete(...how)),
);

const run = (step: fc.Arbitrary<Step>) =>
  fc.record({
    options: fc.record({
      mostConcurrent: fc.integer({ min: 1, max: 8 }),
      mostInMemory: fc.integer({ min: 1, max: 12 }),
      mostUpcoming: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(ENOUGH)),
      deleteBatchSize: fc.integer({ min: 1, max: 4 }),
      listsAgain: fc.nat({ max: 4 }).map((digit) => digit > 0),
      hasDestination: fc.nat({ max: 4 }).map((digit) => digit > 0),
    }),
    steps: fc.array(step, { maxLength: 150, size: "max" }),
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
}: ReturnType<typeof run> extends fc.Arbitrary<infer T> ? T : never): TableWorld {
  const world = new TableWorld(options);
  for (const [at, take] of steps.entries()) {
    if (at === stopsAt) world.stop();
    take(world);
  }
  if (stopsAt !== null) world.stop();
  finishTable(world, { copy: lastCopies, remove: lastDeletes, deadLetter: deadLetters });
  return world;
}

describe("EventTable: any sequence of listings, answers and clock changes", () => {
  it.each([
    ["of any events", anyStep],
    ["of a flood of one destination", floodStep],
  ])("keeps its promises: %s", (_, step) => {
    fc.assert(
      fc.property(run(step), (given) => {
        const world = worldAfter(given);
        const { table, ledger } = world;
        ledger.checkReport();
        const isStopped = (atMs: number) =>
          world.stoppedAtMs !== undefined && atMs > world.stoppedAtMs;
        // `listed`: its lane has left it in the schedule.
        ledger.checkLastListing(
          ({ atMs, state }) =>
            state === "listed" || table.upcoming.isWorthListing || isStopped(atMs),
        );
        if (given.options.mostUpcoming === ENOUGH) {
          for (const [key, { atMs, state }] of ledger.admittedEver) {
            const isExcused = state === "listed" || isStopped(atMs);
            if (!isExcused && !ledger.hasEnded(key)) throw new Error(`${key} was lost`);
          }
        }
        expect([
          table.states.isDelivered,
          table.states.counts["dead-lettering"] === 0,
          table.states.counts.deleting === 0,
        ]).toEqual([true, true, true]);
        expect(table.nextCopy(0)).toBeUndefined();
        expect(table.isCalling).toBe(false);
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
  wasAsked: true,
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

it("an event table calls no destination that it does not know", () => {
  const { table } = tableOf();
  expect([table.hasCall("mail", 0), table.nextCall("mail", 0)]).toEqual([false, undefined]);
});

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
    const event = table.nextCopy(0);
    if (event === undefined) throw new Error("nothing may be copied");
    return event;
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
      const event = next();
      table.copyEnded(event, delivery, 0);
      return event;
    },
    next,
    nextKey: () => table.nextCopy(0)?.key,
    /** Sends and answers the deletes that are due. */
    remove(result: typeof GONE | typeof UNDELETED = GONE, nowMs = 1_000) {
      const batch = table.deletes.next(nowMs) ?? [];
      for (const event of batch) table.outcomes.deleteEnded(event, result);
      table.deletes.requestEnded();
      return batch.map(({ key }) => key);
    },
    /** What has happened since the last call, as type and id or reason. */
    log: () => table.states.takeHappened().map(inShort),
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

  it("lets the number of copies in flight grow with each success, and with nothing else", () => {
    let successes = 0;
    const concurrency = { current: 9, succeeded: () => (successes += 1) };
    const { admit, copy } = tableOf({ concurrency });
    admit(0, at(0, "a"), at(0, "b"), at(0, "c"), at(0, "d"));
    for (const delivery of [COPIED, FAILED, { outcome: "found" } as const, MOVED]) copy(delivery);
    expect(successes).toBe(2);
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

  it("meets an event on an older page after one that it has just stored, and does not copy it again", () => {
    const { table, admit, copy, remove, nextKey } = tableOf();
    admit(9, at(0, "a"));
    table.startListing();
    table.admit(at(5, "stored"), 9, false);
    copy();
    remove();
    admit(9, at(0, "a")); // the page is older than the delete
    expect([nextKey(), nextKey()]).toEqual(["1005|stored", undefined]);
  });

  it("postpones what has no room behind such a bucket, and newer events of its target with it", () => {
    const { table, admit, slowBuckets, log } = tableOf({ concurrency: new ConcurrencyLimit(8) });
    for (let count = 0; count < 502; count++) admit(0, at(0, `${count}`, "bad"));
    for (let failures = 0; failures < 8; failures++) slowBuckets.ended("bad", true, 2_000);
    expect([table.nextCopy(0)?.key, table.nextCopy(0)]).toEqual(["1000|0", undefined]);
    expect(log()).toEqual(["due 502", "left 1000|501: postponed"]);
    admit(1, at(1, "501", "bad"));
    expect(log()).toEqual(["due 1", "left 1001|501: postponed"]);
    expect(table.states.unattemptedSinceMs).toBe(0);
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

  it.each([
    ["is on its way", false],
    ["has gone", true],
  ])(
    "starts one that it has just stored after those that are not listed yet, when the oldest %s",
    (_, hasGone) => {
      const { table, admit, copy, remove, nextKey, log } = tableOf();
      admit(9, at(0, "k"), at(1, "k"));
      copy(FAILED); // the newer one stays behind it
      table.queues.endListing();
      table.startListing();
      admit(9, at(0, "k"));
      copy();
      if (hasGone) remove();
      log();
      table.admit(at(2, "k"), 9, false);
      expect(log()).toEqual(["due 1", "left 1002|k: postponed"]); // it was not tried, so it must not count as tried
      expect(table.states.unattemptedSinceMs).toBe(2);
      if (!hasGone) remove();
      admit(9, at(1, "k"));
      expect([nextKey(), nextKey()]).toEqual(["1001|k", undefined]);
    },
  );

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
    expect([table.states.isDelivered, table.states.isNothingUntried]).toEqual([true, false]);
    expect(table.states.unattemptedSinceMs).toBeUndefined();
  });

  it.each([
    ["has failed", (table: ReturnType<typeof tableOf>) => table.copy(FAILED)],
    ["fails then", () => undefined],
  ])("counts an older one as untried that is met when the newer one %s", (_, before) => {
    const world = tableOf();
    const { table, admit, copy, log } = world;
    admit(1, at(1, "k"));
    before(world);
    admit(1, at(0, "k"));
    if (table.states.counts.ready > 0) copy(FAILED);
    expect(log()).toContain("left 1000|k: postponed");
    expect(table.states.unattemptedSinceMs).toBe(0);
  });

  it("leaves the newer one untried if the older one is", () => {
    const { table, admit, copy, log } = tableOf();
    admit(1, at(0, "k"), at(1, "k"));
    copy({ outcome: "untried" });
    expect(log()).toEqual(["due 2", "left 1000|k: untried", "left 1001|k: untried"]);
    expect(table.states.unattemptedSinceMs).toBe(0);
  });

  it("keeps the newer one blocked if the older one is delivered but not deleted", () => {
    const { table, admit, copy, remove, log } = tableOf();
    admit(1, at(0, "k"), at(1, "k"));
    const older = copy();
    remove(UNDELETED);
    expect(older.state).toBe("undeleted");
    const reported = ["undeleted 1000|k", "left 1001|k: blocked"];
    expect(log()).toEqual(["due 2", "delivered 1000|k", ...reported]);
    expect([
      table.states.isDelivered,
      table.states.counts.deleting === 0,
      table.states.uncertainMs,
    ]).toEqual([true, true, 0]);
  });
});

describe("EventTable: deletes", () => {
  it("deletes what was delivered now and what an earlier sweep had delivered", () => {
    const { table, admit, copy, remove, log } = tableOf();
    admit(0, at(0, "a"), at(0, "b"));
    copy();
    copy({ outcome: "found" });
    expect(log()).toEqual(["due 2", "delivered 1000|a", "already-delivered 1000|b"]);
    expect([table.states.isDelivered, table.states.counts.deleting === 0]).toEqual([true, false]);
    expect(remove()).toEqual(["1000|a", "1000|b"]);
    expect(table.states.counts.deleting === 0).toBe(true);
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
    expect([table.rejected.next(64), table.states.counts["dead-lettering"] === 0]).toEqual([
      undefined,
      false,
    ]);
    table.outcomes.deadLetterEnded(refused, { outcome: "stored" }, 0);
    table.outcomes.deadLetterEnded(old, { outcome: "gone" }, 0);
    expect([
      table.states.counts["dead-lettering"] === 0,
      table.states.counts.deleting === 0,
      remove(),
    ]).toEqual([true, false, [REFUSED.key]]);
    const reported = [`dead ${REFUSED.id}`, "gone 1000|old"];
    expect(log()).toEqual(["due 4", "left 1001|old: blocked", "delivered 1000|fine", ...reported]);
  });

  it("keeps an event that could not be moved to the dead letters", () => {
    const { table, admit, copy, log } = tableOf();
    admit(0, at(0, "a"), at(0, "b"));
    const events = [copy(TOO_OLD), copy(TOO_OLD)];
    table.rejected.start();
    const error = storeError("unavailable", "copy", { undecided: true });
    for (const outcome of [{ outcome: "failed", error }, { outcome: "untried" }] as const) {
      const rejected = table.rejected.next(64);
      if (rejected !== undefined) table.outcomes.deadLetterEnded(rejected, outcome, 0);
    }
    expect(log()).toEqual(["due 2", "failed 1000|a", "left 1000|b: untried"]);
    expect(events.map(({ state }) => state)).toEqual(["done", "done"]);
    expect(table.states.uncertainMs).toBe(0);
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
    expect([REFUSED.state, table.states.counts.rejected]).toEqual(["done", 0]);
    expect(log()).toEqual(["due 1", `refused ${REFUSED.id}`]);
    expect(table.states.unattemptedSinceMs).toBe(0); // tried once they are allowed
  });

  it("passes over refused events that are most of what is due, and lets the others back off", () => {
    const { table, admit, copy } = tableOf();
    for (let count = 0; count < 101; count++) admit(0, at(0, `${count}`, REFUSED_BUCKET));
    admit(0, at(0, "fine"));
    copy(MOVED);
    expect(table.rejected.start()).toBe(true);
    expect([table.states.unattemptedSinceMs, table.states.isNothingUntried]).toEqual([
      undefined,
      false,
    ]);
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
    expect(table.states.dueCount).toBe(10_001);
  });
});

describe("EventTable: events that expired or were rejected", () => {
  const EXPIRED: Delivery = { outcome: "expired" };
  const REJECTED: Delivery = { ...TOO_OLD, deadLetterReason: "rejected" };
  const expiring = (atMs: number) => ({ ...at(atMs, "k"), expiresAtMs: atMs + 5 });

  it("go to the dead letters while the sweep goes on, and then the newer events of their targets start", () => {
    const { table, admit, copy, remove, nextKey, log } = tableOf();
    admit(9, expiring(1), at(8, "k"), at(8, "other"));
    expect([copy(EXPIRED).state, copy().key]).toEqual(["undeliverable", "1008|other"]);
    expect([table.states.isDelivered, table.states.inMemory]).toEqual([false, 3]);
    expect(remove(GONE, 0)).toEqual(["1008|other"]);
    const rejected = table.rejected.next(64);
    if (rejected === undefined) throw new Error("no dead letter");
    expect(rejected).toMatchObject({
      reason: "expired",
      message: "its delivery had to start by 1970-01-01T00:00:00.006Z",
    });
    table.outcomes.deadLetterEnded(rejected, { outcome: "stored" }, 0);
    expect(nextKey()).toBeUndefined(); // before the delete
    expect([remove(GONE, 0), nextKey()]).toEqual([["1001|k"], "1008|k"]); // without a pause
    expect(log()).toEqual(["due 3", "delivered 1008|other", "expired 1001|k"]);
    expect(table.rejected.start()).toBe(false);
  });

  it.each([
    [{ outcome: "gone" }, "1008|k", "gone 1001|k"],
    [{ outcome: "failed", error: storeError("denied", "copy") }, undefined, "failed 1001|k"],
    [{ outcome: "untried" }, undefined, "left 1001|k: untried"],
  ] as const)("decide with %j whether the newer event starts", (outcome, started, reported) => {
    const { table, admit, copy, nextKey, log } = tableOf();
    admit(9, expiring(1), at(8, "k"));
    copy(EXPIRED);
    const rejected = table.rejected.next(64);
    if (rejected !== undefined) table.outcomes.deadLetterEnded(rejected, outcome, 0);
    expect([nextKey(), log()[1]]).toEqual([started, reported]);
  });

  it("let the newer events of their targets follow in the same sweep, also when a destination rejects them", () => {
    const { table, admit, copy, remove, nextKey, log } = tableOf();
    admit(9, at(1, "k"), at(8, "k"));
    expect([copy(REJECTED).state, table.states.inMemory, nextKey()]).toEqual([
      "undeliverable",
      2,
      undefined,
    ]);
    const rejected = table.rejected.next(64);
    if (rejected === undefined) throw new Error("no dead letter");
    table.outcomes.deadLetterEnded(rejected, { outcome: "stored" }, 0);
    expect([remove(GONE, 0), nextKey()]).toEqual([["1001|k"], "1008|k"]);
    expect(log()).toEqual(["due 2", "dead 1001|k"]);
  });

  it.each([
    ["expired", EXPIRED],
    ["rejected", REJECTED],
  ] as const)("never open the circuit, however many are %s", (reason, delivery) => {
    const { table, admit, copy } = tableOf();
    for (let count = 0; count < 200; count++) {
      admit(9, { ...at(1, `${count}`), expiresAtMs: 5 });
      copy(delivery);
    }
    expect([table.rejected.start(), table.rejected.next(1)?.reason]).toEqual([false, reason]);
    expect(table.rejected.next(1)).toBeUndefined();
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
});
