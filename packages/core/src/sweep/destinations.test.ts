import { describe, expect, it } from "vitest";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type {
  Destination,
  DestinationEvent,
  DestinationResult,
  OpenEvent,
} from "../targets/destination.js";
import { observed } from "../test-support/sweeps.js";
import {
  keysOf,
  NOON,
  numbered,
  scheduleNumbered,
  shardedSchedule,
  storeError,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  textOf,
  waitingIn,
  watch,
  writeByHand,
} from "../test-support/test-schedule.js";
import { UNPRINTABLE } from "../test-support/unprintable.js";
import { faultyStore } from "../testing/faulty-store.js";
import { createSweeper } from "./create-sweeper.js";
import { NamedDestination } from "./destinations.js";

const DELIVERED = { outcome: "delivered" } as const;
const AT = "2026-12-24T11:59:59.000Z";

/** A destination that keeps what it gets, and gives these answers. */
function receiver(
  answer: (
    event: DestinationEvent,
    tries: number,
  ) => Promise<DestinationResult> | DestinationResult = () => DELIVERED,
  options: Partial<Destination> = {},
) {
  const received: { key: string; text: string; id: string | undefined; isRepeat: boolean }[] = [];
  const destination: Destination = {
    ...options,
    async deliver(event: DestinationEvent, open: OpenEvent) {
      const text = await new Response((await open()).body).text();
      const { key, deliveryId: id, mayBeRepeat: isRepeat } = event;
      received.push({ key, text, id, isRepeat });
      return answer(event, received.length);
    },
  };
  return { destination, received };
}

async function scheduleFor(keys: readonly string[]): Promise<TestSchedule> {
  const schedule = testSchedule();
  for (const key of keys)
    await writeByHand(schedule.store, `${AT}|mail|${key}|id-${key}`, `body ${key}`);
  return schedule;
}

/** A promise that resolves when it is opened. */
function latch() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}

/** Hangs until the signal aborts, and keeps the reasons. */
function hanging(options: Partial<Destination> = {}) {
  const reasons: unknown[] = [];
  const begun: string[] = [];
  const destination: Destination = {
    ...options,
    deliver: ({ key }, _open, signal) => {
      begun.push(key);
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason);
          reject(signal.reason);
        });
      });
    },
  };
  return { destination, reasons, begun };
}

/** `count` keys in the order of their names. */
const keys = (count: number) => numbered(count).map((id) => id.slice(-5));

describe("A sweeper with destinations", () => {
  it("hands an event to the destination that its target bucket names, and copies the others", async () => {
    const schedule = testSchedule();
    const scheduler = createScheduler(schedule);
    const at = new Date(Date.parse(NOON) + 60_000);
    const to = { bucket: "mail", key: "k" };
    await scheduler.schedule({ at, to, body: "hello", deliveryId: "id-k" });
    await scheduler.schedule({ at, to: { bucket: "out", key: "k" }, body: "copied" });
    await schedule.clock.advance("61s");
    const { destination, received } = receiver();
    const sweeper = sweeperOf(schedule, { destinations: { mail: destination } });
    expect(await sweeper.sweep()).toMatchObject({
      delivered: 2,
      latenessMs: { max: 1_000 },
      requests: { get: 4, copy: 1, head: 0 },
    });
    expect(received).toEqual([{ key: "k", text: "hello", id: "id-k", isRepeat: false }]);
    expect(await textOf(schedule.store, "out", "k")).toBe("copied");
    expect(await keysOf(schedule.store, "mail")).toEqual([]);
    expect(await waitingIn(schedule.store)).toEqual([]);
  });

  it("needs no allowTargets, and refuses every other target then", async () => {
    const schedule = await scheduleFor(["k"]);
    await writeByHand(schedule.store, `${AT}|out|k|id`);
    const { destination, received } = receiver();
    const sweeper = sweeperOf(schedule, {
      destinations: { mail: destination },
      allowTargets: undefined,
    });
    const report = await sweeper.sweep();
    expect(report).toMatchObject({ delivered: 1, dead: 1 });
    expect(report.errors[0]?.message).toContain("allowTargets (none), and no destination");
    expect(received).toHaveLength(1);
  });

  it("starts each event at its instant if it looks ahead, and starts the next one of a key when the older one is deleted", async () => {
    const schedule = testSchedule();
    for (const [second, key] of [
      [10, "a"],
      [10, "b"],
      [20, "a"],
    ] as const) {
      await writeByHand(schedule.store, `2026-12-24T12:00:${second}.000Z|mail|${key}|id-${second}`);
    }
    const times: string[] = [];
    const slow = latch();
    const { destination } = receiver(async ({ key, deliveryId }) => {
      const now = new Date(schedule.clock.now()).toISOString().slice(17, 23);
      times.push(`${now} ${key} ${deliveryId}`);
      if (deliveryId === "id-10" && key === "a") await slow.opened;
      return DELIVERED;
    });
    const sweeping = sweeperOf(schedule, { destinations: { mail: destination } }).sweep({
      lookAhead: "1m",
    });
    await schedule.clock.advance("25s");
    slow.open();
    await schedule.clock.advance("2m");
    expect(await sweeping).toMatchObject({ delivered: 3 });
    expect(times).toEqual(["10.000 a id-10", "10.000 b id-10", "25.000 a id-20"]);
  });

  it("calls each destination with its own number of events at the same time, also in several shards", async () => {
    const schedule = await shardedSchedule(4);
    await scheduleNumbered(schedule, 40, 4);
    await schedule.clock.advance("2m");
    let inFlight = 0;
    let most = 0;
    const destination: Destination = {
      concurrency: 3,
      async deliver() {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await schedule.clock.sleep(100);
        inFlight -= 1;
        return DELIVERED;
      },
    };
    const sweeper = createSweeper({ ...schedule, destinations: { out: destination } });
    const [report] = await Promise.all([sweeper.sweep(), schedule.clock.advance("1m")]);
    expect(report).toMatchObject({ delivered: 40, concurrencyReached: 0 });
    expect(most).toBe(3);
  });

  it("makes a dead letter of what a destination rejects while the sweep goes on, and then the next event of its key starts", async () => {
    const schedule = await scheduleFor(["a"]);
    await writeByHand(schedule.store, "2026-12-24T12:00:00.000Z|mail|a|newer");
    const { destination, received } = receiver(({ deliveryId }) =>
      deliveryId === "id-a" ? { outcome: "rejected", message: "unknown" } : DELIVERED,
    );
    const sweeper = sweeperOf(schedule, { destinations: { mail: destination } });
    const sweeping = sweeper.sweep({ lookAhead: "1m" });
    await schedule.clock.advance("1s"); // the sweep goes on for more than a minute
    expect(received.map(({ id }) => id)).toEqual(["id-a", "newer"]);
    expect(await waitingIn(schedule.store)).toEqual([]);
    expect(await keysOf(schedule.store, "schedule")).toContain(`keywhen/dead/${AT}|mail|a|id-a`);
    await schedule.clock.advance("3m");
    expect(await sweeping).toMatchObject({ due: 2, delivered: 1, dead: 1, blocked: 0 });
  });

  it("makes a dead letter in the same sweep of what a destination rejects, however many those are", async () => {
    const schedule = await scheduleFor(keys(150));
    const { destination, received } = receiver(() => ({ outcome: "rejected", message: "unknown" }));
    const sweeper = sweeperOf(schedule, { destinations: { mail: destination } });
    expect(await sweeper.sweep()).toMatchObject({
      dead: 150,
      circuitOpen: false,
      errors: [{ code: "rejected" }],
    });
    expect(received).toHaveLength(150);
    expect(await keysOf(schedule.store, "schedule")).toContain(
      `keywhen/dead/${AT}|mail|00000|id-00000`,
    );
    expect((await sweeper.sweep()).due).toBe(0);
  });

  it("does not call again immediately if what it rejected can't become a dead letter", async () => {
    const schedule = testSchedule();
    const calledMs: number[] = [];
    const { destination } = receiver(() => {
      calledMs.push(schedule.clock.now());
      return { outcome: "rejected", message: "unknown" };
    });
    const store = faultyStore(schedule.store, {
      before: ({ kind }) => (kind === "copy" ? storeError("denied", "copy") : undefined),
    });
    const options = { ...schedule, store, destinations: { mail: destination } };
    const sweeping = createSweeper(options).start({ poll: "5s" });
    await schedule.clock.advance("2s");
    await writeByHand(schedule.store, "2026-12-24T12:00:10.000Z|mail|a|id");
    await schedule.clock.advance("59s");
    expect(calledMs).toHaveLength(1);
    await schedule.clock.advance("2m");
    expect(calledMs.length).toBeGreaterThan(1); // it is not forgotten either
    await Promise.all([sweeping.stop(), schedule.clock.advance("10s")]);
  });

  it("asks the destination before a repeat whether it has the event, and only then", async () => {
    const schedule = await scheduleFor(["a", "b", "c", "d"]);
    const asked: string[] = [];
    let found: "found" | "not-found" | "unknown" = "not-found";
    const { destination, received } = receiver(({ key }, tries) =>
      tries > 4 || key === "d"
        ? DELIVERED
        : { outcome: "failed", message: "lost", undecided: true },
    );
    const find: Destination["find"] = async ({ key, deliveryId, mayBeRepeat }) => {
      asked.push(`${key} ${deliveryId} ${mayBeRepeat}`);
      if (key === "c") throw new Error("no answer");
      return key === "b" ? "unknown" : found;
    };
    const sweeper = sweeperOf(schedule, { destinations: { mail: { ...destination, find } } });
    expect(await sweeper.sweep()).toMatchObject({ delivered: 1, undecided: 3, retrying: 0 });
    expect(asked).toEqual([]);
    found = "found";
    await schedule.clock.advance("61s");
    expect(await sweeper.sweep()).toMatchObject({
      alreadyDelivered: 1,
      delivered: 1,
      undecided: 1,
      errors: [{ code: "failed", message: "mail/c: find() threw: no answer" }],
    });
    expect(asked).toEqual(["a id-a true", "b id-b true", "c id-c true"]);
    expect(received.slice(4)).toEqual([{ key: "b", text: "body b", id: "id-b", isRepeat: true }]);
  });

  it("calls again with the same id, as a possible repeat, after a crash between the call and the delete", async () => {
    const schedule = await scheduleFor(["k"]);
    const { destination, received } = receiver();
    const dead: typeof schedule.store.delete = () => new Promise(() => {});
    const crashing = { ...schedule, store: { ...schedule.store, delete: dead } };
    void createSweeper({ ...crashing, destinations: { mail: destination } }).sweep();
    await schedule.clock.advance("10s");
    await schedule.clock.advance("5m");
    expect(
      await sweeperOf(schedule, { destinations: { mail: destination } }).sweep(),
    ).toMatchObject({
      delivered: 1,
    });
    expect(received.map(({ id, isRepeat }) => `${id} ${isRepeat}`)).toEqual([
      "id-k false",
      "id-k true",
    ]);
  });

  it("reports the store's error if the event can't be opened, and nothing of the destination", async () => {
    const schedule = await scheduleFor(["k"]);
    const before = ({ kind, key = "" }: { kind: string; key?: string | undefined }) =>
      kind === "get" && key.includes("pending/") ? storeError("denied", "get") : undefined;
    const { destination, received } = receiver();
    const store = faultyStore(schedule.store, { before });
    for (const deliver of [
      destination.deliver,
      async (...[event, open, signal]: Parameters<Destination["deliver"]>) =>
        destination
          .deliver(event, open, signal)
          .catch(() => ({ outcome: "failed", message: "x" }) as const),
    ]) {
      const sweeper = sweeperOf({ ...schedule, store }, { destinations: { mail: { deliver } } });
      expect(await sweeper.sweep()).toMatchObject({
        retrying: 1,
        errors: [{ code: "denied", message: "get b: made-up denied" }],
      });
    }
    expect(received).toEqual([]);
  });

  it("skips an event that is gone, also if its destination answers that the try has failed", async () => {
    const schedule = await scheduleFor(["k"]);
    const get: typeof schedule.store.get = async (ref, call) =>
      ref.key.includes("pending/") ? undefined : schedule.store.get(ref, call);
    const store = { ...schedule.store, get };
    const { destination } = receiver();
    const swallowing: Destination = {
      deliver: (...call) =>
        destination.deliver(...call).catch(() => ({ outcome: "failed", message: "x" })),
    };
    for (const mail of [destination, swallowing]) {
      expect(
        await sweeperOf({ ...schedule, store }, { destinations: { mail } }).sweep(),
      ).toMatchObject({
        gone: 1,
        retrying: 0,
      });
    }
  });

  it("cancels a body that the destination has not read", async () => {
    const schedule = await scheduleFor(["unread", "partly"]);
    const canceled: string[] = [];
    const get: typeof schedule.store.get = async (ref, call) => {
      const opened = await schedule.store.get(ref, call);
      if (!ref.key.includes("pending/") || opened === undefined) return opened;
      const cancel = () => void canceled.push(ref.key.slice(-6));
      return { ...opened, body: new ReadableStream({ cancel }) };
    };
    const deliver: Destination["deliver"] = async ({ key }, open) => {
      const { body } = await open();
      if (key === "partly") void body.getReader().read(); // goes on reading in the background
      return DELIVERED;
    };
    const sweeper = sweeperOf(
      { ...schedule, store: { ...schedule.store, get } },
      { destinations: { mail: { deliver } } },
    );
    expect(await sweeper.sweep()).toMatchObject({ delivered: 2 });
    expect(canceled).toEqual(["unread"]);
  });

  it("ends the body that a forgotten reader has locked, and no signal of the destination", async () => {
    const schedule = await scheduleFor(["k"]);
    const ended: boolean[] = [];
    const get: typeof schedule.store.get = async (ref, call) => {
      if (ref.key.includes("pending/"))
        call?.signal?.addEventListener("abort", () => ended.push(true));
      return schedule.store.get(ref, call);
    };
    const signals: AbortSignal[] = [];
    const deliver: Destination["deliver"] = async (_, open, signal) => {
      signals.push(signal);
      (await open()).body.getReader();
      expect(ended).toEqual([]);
      return DELIVERED;
    };
    const store = { ...schedule.store, get };
    const sweeper = sweeperOf({ ...schedule, store }, { destinations: { mail: { deliver } } });
    expect(await sweeper.sweep()).toMatchObject({ delivered: 1 });
    expect([ended, signals[0]?.aborted]).toEqual([[true], false]);
  });

  it("gets nothing opened after its time limit, also from a store that ignores the signal", async () => {
    const schedule = await scheduleFor(["k"]);
    const canceled: unknown[] = [];
    const get: typeof schedule.store.get = async (ref, call) => {
      const opened = await schedule.store.get(ref, call);
      if (!ref.key.includes("pending/") || opened === undefined) return opened;
      await schedule.clock.sleep(5_000);
      const cancel = () => void canceled.push(ref.key.slice(-4));
      return { ...opened, body: new ReadableStream({ cancel }) };
    };
    const outcomes: unknown[] = [];
    const deliver: Destination["deliver"] = async (_, open) => {
      await open().then(
        () => outcomes.push("opened"),
        (error: unknown) => outcomes.push(error),
      );
      return DELIVERED;
    };
    const destinations = { mail: { deliver, timeout: "3s" } } as const;
    const store = { ...schedule.store, get };
    const sweeping = sweeperOf({ ...schedule, store }, { destinations }).sweep();
    await schedule.clock.advance("1m");
    expect(await sweeping).toMatchObject({ undecided: 1 });
    expect(outcomes).toMatchObject([{ code: "timed-out" }]);
    expect(canceled).toEqual(["id-k"]);
  });

  it.each([
    ["a text", "mail/k: deliver() threw: a text"],
    [new TypeError("x is null"), "mail/k: deliver() threw: x is null"],
  ])("counts %o, which it throws, as a failed try without an answer", async (thrown, message) => {
    const schedule = await scheduleFor(["k"]);
    const deliver = () => {
      throw thrown;
    };
    const sweeper = sweeperOf(schedule, { destinations: { mail: { deliver } } });
    expect(await sweeper.sweep()).toMatchObject({
      undecided: 1,
      errors: [{ code: "failed", message }],
    });
  });

  it.each(UNPRINTABLE)("counts %s, which it throws, in the same way", async (_, thrown, shown) => {
    const schedule = await scheduleFor(["k"]);
    const deliver = () => Promise.reject(thrown);
    const sweeper = sweeperOf(schedule, { destinations: { mail: { deliver } } });
    expect(await sweeper.sweep()).toMatchObject({
      undecided: 1,
      errors: [{ code: "failed", message: `mail/k: deliver() threw: ${shown}` }],
    });
  });

  it("counts a failure of a store that throws no error of a store as a failed try", async () => {
    const schedule = await scheduleFor(["k"]);
    const get: typeof schedule.store.get = async (ref, call) => {
      if (ref.key.includes("pending/")) throw new TypeError("a bug of the store");
      return schedule.store.get(ref, call);
    };
    const { destination } = receiver();
    const options = { destinations: { mail: destination } };
    const sweeper = sweeperOf({ ...schedule, store: { ...schedule.store, get } }, options);
    expect((await sweeper.sweep()).errors[0]?.message).toContain("a bug of the store");
  });

  it("does not hand over an event whose clock was set back, or whose lease ended, while it was opened", async () => {
    for (const happens of ["set back", "frozen"]) {
      const schedule = await scheduleFor(["k"]);
      const { clock } = schedule;
      let isFrozen = false;
      const frozen = { ...clock, now: () => clock.now() + (isFrozen ? 90_000 : 0) };
      const get: typeof schedule.store.get = async (ref, call) => {
        const opened = await schedule.store.get(ref, call);
        if (!ref.key.includes("pending/")) return opened;
        if (happens === "set back") clock.set("2026-12-24T11:59:58Z");
        else isFrozen = true;
        return opened;
      };
      const { destination, received } = receiver();
      const store = { ...schedule.store, get };
      const options = { destinations: { mail: destination }, clock: frozen };
      const report = await sweeperOf({ ...schedule, store }, options).sweep();
      expect(report).toMatchObject({ delivered: 0, errors: [{ code: "interrupted" }] });
      expect(received).toEqual([]);
    }
  });

  it.each([
    [undefined, 'answered undefined: return { outcome: "delivered" }, or why it is not'],
    [{ outcome: "ok" }, 'answered "ok": return'],
    [{ outcome: "failed" }, "mail/k: undefined"],
    [{ outcome: "failed", message: Object.create(null) }, "mail/k: an object"],
    [{ outcome: "slow-down", message: "full", retryAfterMs: Symbol("s") }, "mail/k: full"],
    [{ outcome: "slow-down", message: "full", retryAfterMs: Object.create(null) }, "mail/k: full"],
    [{ outcome: Object.create(null) }, "answered an object: return"],
  ])("counts %o as a failed try", async (answer, message) => {
    const schedule = await scheduleFor(["k"]);
    const sweeper = sweeperOf(schedule, {
      destinations: { mail: { deliver: async () => answer as never } },
    });
    const sweeping = sweeper.sweep();
    await schedule.clock.advance("1m");
    const { delivered, errors } = await sweeping;
    expect([delivered, errors[0]?.message]).toEqual([0, expect.stringContaining(message)]);
  });

  it("counts an answer that can't be read as a failed try", async () => {
    const schedule = await scheduleFor(["k"]);
    const get = () => {
      throw new Error("not readable");
    };
    const deliver = async () => Object.defineProperty({}, "outcome", { get }) as never;
    const sweeper = sweeperOf(schedule, { destinations: { mail: { deliver } } });
    const { undecided, errors } = await sweeper.sweep();
    const message = expect.stringContaining("mail/k: deliver() answered an object: return");
    expect([undecided, errors]).toEqual([1, [{ type: "failed", code: "failed", message }]]);
  });
});

describe("createSweeper() with destinations", () => {
  const sweeperWith = (destinations: unknown) => () =>
    createSweeper({ ...testSchedule(), destinations: destinations as never });
  const deliver = async () => DELIVERED;

  it.each([
    [[], "destinations must be an object of names and destinations (got an array)"],
    [{ "": { deliver } }, "A name in destinations is empty"],
    [{ "a/b": { deliver } }, 'A name in destinations "a/b" contains a slash'],
    [{ mail: undefined }, "destinations.mail must have a method deliver() (got undefined)"],
    [{ mail: { deliver, timeout: "9ms" } }, 'from 10ms to 1h (got "9ms")'],
    [{ mail: { deliver, timeout: "3600001ms" } }, "from 10ms to 1h"],
    [{ mail: { deliver, concurrency: 0 } }, "a whole number of at least 1 (got 0)"],
    [{}, "allowTargets is required"],
  ])("refuses %o", (destinations, message) => {
    expect(sweeperWith(destinations)).toThrow(message);
  });

  it("takes the longest and the shortest time limit, and no patterns", () => {
    const destinations = {
      a: { deliver, timeout: "10ms" },
      b: { deliver, timeout: "1h" },
    } as const;
    expect(sweeperWith(destinations)).not.toThrow();
    expect(() =>
      createSweeper({ ...testSchedule(), destinations, allowTargets: [] }),
    ).not.toThrow();
  });
});

describe("A destination that wants no events for now", () => {
  const SLOW_DOWN = { outcome: "slow-down", message: "too many", retryAfterMs: 4_000 } as const;

  it("gets none until then, in the same sweep, and nothing else waits or slows down", async () => {
    const schedule = await scheduleFor(["a", "b", "c"]);
    for (const id of numbered(100)) await writeByHand(schedule.store, id);
    const times: string[] = [];
    const { destination } = receiver(
      ({ key }, tries) => {
        times.push(`${(schedule.clock.now() - Date.parse(NOON)) / 1_000} ${key}`);
        return tries === 1 ? SLOW_DOWN : DELIVERED;
      },
      { concurrency: 1 },
    );
    const { events, observe } = observed();
    const sweeper = sweeperOf(schedule, { destinations: { mail: destination }, observe });
    const sweeping = sweeper.sweep();
    await schedule.clock.advance("1s");
    expect(await keysOf(schedule.store, "out")).toHaveLength(100);
    await schedule.clock.advance("1m");
    expect(await sweeping).toMatchObject({ delivered: 103, retrying: 0, errors: [] });
    expect(times).toEqual(["0 a", "4 a", "4 b", "4 c"]);
    expect(events.filter(({ type }) => type === "slowed")).toEqual([]);
    const until = new Date(Date.parse(NOON) + 4_000);
    expect(events.filter(({ type }) => type === "destination-paused")).toEqual([
      { type: "destination-paused", destination: "mail", until, message: "mail/a: too many" },
    ]);
  });

  it("has failed if the sweep does not wait that long; what it was not asked for waits, and is tried when it is over", async () => {
    const schedule = await scheduleFor(keys(20));
    const { destination, received } = receiver(
      (_, tries) => (tries <= 2 ? { ...SLOW_DOWN, retryAfterMs: 90_000 } : DELIVERED),
      { concurrency: 2 },
    );
    const sweeper = sweeperOf(schedule, { destinations: { mail: destination } });
    expect(await sweeper.sweep()).toMatchObject({
      retrying: 20,
      destinationPauses: 1, // both answers are of one pause
      errors: [{ code: "slow-down" }],
    });
    await schedule.clock.advance("60s");
    expect(await sweeper.sweep()).toMatchObject({
      delivered: 0,
      retrying: 20,
      destinationPauses: 0,
    });
    expect(received).toHaveLength(2);
    await schedule.clock.advance("60s");
    expect(await sweeper.sweep()).toMatchObject({ delivered: 20 });
  });

  it("gets pauses that double from 100 ms while it takes nothing, and short ones again after that", async () => {
    const schedule = await scheduleFor(["k", "l"]);
    const times: number[] = [];
    const { destination } = receiver(
      (_, tries) => {
        times.push(schedule.clock.now() - Date.parse(NOON));
        return tries === 8 || tries === 10 ? DELIVERED : { ...SLOW_DOWN, retryAfterMs: 0 };
      },
      { concurrency: 1 },
    );
    const sweeping = createSweeper({ ...schedule, destinations: { mail: destination } }).start();
    await schedule.clock.advance("1m");
    const pauses = times.map((time, index) => time - (times[index - 1] ?? 0)).slice(1);
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 0, 100]);
    await Promise.all([sweeping.stop(), schedule.clock.advance("10s")]);
  });

  it("gets pauses of at most a minute, and one for the answers of the calls that were in flight together", () => {
    const { clock } = testSchedule();
    const named = new NamedDestination("mail", receiver().destination, clock);
    const pauses: number[] = [];
    let nowMs = clock.monotonic();
    for (let count = 0; count < 12; count++) {
      const calledMs = nowMs;
      for (const tookMs of [1, 2, 3]) named.pause({ calledMs, nowMs: nowMs + tookMs }, 0);
      pauses.push(named.pausedUntilMs - nowMs - 3);
      nowMs = named.pausedUntilMs;
    }
    expect(pauses.slice(0, 3)).toEqual([100, 200, 400]);
    expect(pauses.slice(-3)).toEqual([51_200, 60_000, 60_000]);
  });

  it("is reported again when a later answer moves the end of its pause noticeably, and not for each answer", async () => {
    const schedule = await scheduleFor(keys(5));
    const answers = [
      [0, 4_000],
      [500, 4_000], // half a second later
      [1_500, 4_000], // a second later than what was reported
      [2_500, 2_000], // no later
      [3_000, 60_000],
    ] as const;
    const { destination } = receiver(
      async (_, tries) => {
        const [afterMs, retryAfterMs] = answers[tries - 1] ?? [0, 0];
        if (retryAfterMs === 0) return DELIVERED;
        await schedule.clock.sleep(afterMs);
        return { ...SLOW_DOWN, retryAfterMs };
      },
      { concurrency: 5 },
    );
    const { events, observe } = observed();
    const sweeper = sweeperOf(schedule, { destinations: { mail: destination }, observe });
    const sweeping = sweeper.sweep();
    for (let second = 0; second < 120; second++) await schedule.clock.advance("1s");
    expect(await sweeping).toMatchObject({ destinationPauses: 3 });
    const ends = events.flatMap((event) =>
      event.type === "destination-paused" ? [event.until.getTime() - Date.parse(NOON)] : [],
    );
    expect(ends).toEqual([4_000, 5_500, 63_000]);
  });

  it.each([1_000, 90_000])("gets the %d ms that it names, however often", (pauseMs) => {
    const { clock } = testSchedule();
    const named = new NamedDestination("mail", receiver().destination, clock);
    let nowMs = clock.monotonic();
    for (let count = 0; count < 12; count++) {
      named.pause({ calledMs: nowMs, nowMs }, pauseMs);
      expect(named.pausedUntilMs - nowMs).toBe(pauseMs);
      nowMs = named.pausedUntilMs;
    }
  });

  it("is asked again after 100 ms at the earliest, and becomes a dead letter like any other failure", async () => {
    const schedule = await scheduleFor(["k"]);
    const { destination, received } = receiver(() => ({ ...SLOW_DOWN, retryAfterMs: Number.NaN }));
    const sweeper = sweeperOf(schedule, { destinations: { mail: destination } });
    const [first] = await Promise.all([sweeper.sweep(), schedule.clock.advance("30s")]);
    expect(first).toMatchObject({ retrying: 1 });
    expect(received.length).toBe(7);
    await schedule.clock.advance("25h");
    const [last] = await Promise.all([sweeper.sweep(), schedule.clock.advance("30s")]);
    expect(last).toMatchObject({ dead: 1, errors: [{ type: "dead", code: "slow-down" }] });
  });

  it("ends its wait when the sweep is stopped", async () => {
    const schedule = await scheduleFor(["k", "l"]);
    const stop = new AbortController();
    const { destination } = receiver(() => SLOW_DOWN, { concurrency: 1 });
    const sweeping = sweeperOf(schedule, { destinations: { mail: destination } }).sweep({
      signal: stop.signal,
    });
    await schedule.clock.advance("1s");
    stop.abort();
    await schedule.clock.advance("1ms");
    expect(await sweeping).toMatchObject({ truncated: "aborted", retrying: 1, delivered: 0 });
  });
});

describe("A destination that does not answer", () => {
  it("has failed after its time limit, even if it ignores its signal; the lease is renewed meanwhile", async () => {
    const schedule = await scheduleFor(["k"]);
    const { destination, reasons } = hanging({ timeout: "10m" });
    const ignoring: Destination = { deliver: () => new Promise(() => {}), timeout: "3s" };
    await writeByHand(schedule.store, `${AT}|deaf|k|id`);
    const destinations = { mail: destination, deaf: ignoring };
    const sweeping = sweeperOf(schedule, { destinations }).sweep();
    await schedule.clock.advance("9m");
    expect(reasons).toEqual([]);
    expect(await sweeperOf(schedule, { destinations }).sweep().catch(String)).toContain(
      "the lease is held",
    );
    await schedule.clock.advance("2m");
    expect(await sweeping).toMatchObject({ undecided: 2, lease: "taken", truncated: false });
    expect(reasons).toMatchObject([
      { code: "timed-out", message: "mail/k: took longer than its timeout of 600 s" },
    ]);
  });

  it("does not hold up copies, nor other destinations, however many events it has", {
    tags: ["slow"],
  }, async () => {
    const schedule = testSchedule();
    for (const id of numbered(12_000))
      await writeByHand(schedule.store, id.replace("|out|", "|a|"));
    for (const key of ["1", "2"]) await writeByHand(schedule.store, `${AT}|mail|${key}|id`);
    for (const key of ["1", "2"]) await writeByHand(schedule.store, `${AT}|out|${key}|id`);
    const { destination, begun } = hanging({ timeout: "1h", concurrency: 4 });
    const { destination: mail, received } = receiver();
    const stop = new AbortController();
    const sweeper = sweeperOf(schedule, { destinations: { a: destination, mail } });
    const sweeping = sweeper.sweep({ signal: stop.signal, lookAhead: "1m" });
    await schedule.clock.advance("5s");
    expect(await keysOf(schedule.store, "out")).toEqual(["1", "2"]);
    expect(received.map(({ key }) => key)).toEqual(["1", "2"]);
    expect(begun).toHaveLength(4);
    stop.abort();
    await schedule.clock.advance("10s");
    expect(await sweeping).toMatchObject({ truncated: "aborted" });
  });

  it("keeps its range of the time until it answers, which is listed once a minute, while the next sweeps go on", async () => {
    const schedule = testSchedule();
    await writeByHand(schedule.store, "2026-12-24T12:00:01.000Z|mail|long|id");
    const done = latch();
    const { destination, received } = receiver(
      async ({ key }) => {
        if (key === "long") await done.opened;
        return DELIVERED;
      },
      { timeout: "1h" },
    );
    const { delivered, observe } = watch(schedule);
    const sweeping = createSweeper({
      ...schedule,
      destinations: { mail: destination },
      observe,
    }).start();
    await schedule.clock.advance("10m");
    await writeByHand(schedule.store, "2026-12-24T12:00:02.000Z|mail|late|id");
    await writeByHand(schedule.store, "2026-12-24T12:12:00.000Z|mail|next|id");
    await schedule.clock.advance("3m");
    expect(received.map(({ key }) => key)).toEqual(["long", "late", "next"]);
    expect(delivered.map((one) => one.slice(0, 8))).toEqual([
      expect.stringMatching(/^12:1[01]:/),
      "12:12:00",
    ]);
    done.open();
    await schedule.clock.advance("1m");
    expect(delivered.at(-1)).toContain("long");
    await Promise.all([sweeping.stop(), schedule.clock.advance("10s")]);
    expect(await waitingIn(schedule.store)).toEqual([]);
  });

  it("is aborted when the lease is lost", async () => {
    const schedule = await scheduleFor(["k"]);
    const { destination, reasons } = hanging({ timeout: "1h" });
    const sweeping = sweeperOf(schedule, { destinations: { mail: destination } }).sweep();
    await schedule.clock.advance("1s");
    await schedule.store.put(
      { bucket: "schedule", key: "keywhen/lease/sweep.json" },
      new TextEncoder().encode('{"holders":[],"nonce":"x"}'),
    );
    await schedule.clock.advance("1m");
    expect(await sweeping).toMatchObject({ lease: "lost", truncated: "lease-lost", undecided: 1 });
    expect(reasons).toMatchObject([{ code: "interrupted" }]);
  });

  it("is aborted two seconds after the sweep", async () => {
    const schedule = await scheduleFor(["k"]);
    const { destination, reasons } = hanging();
    const stop = new AbortController();
    const sweeping = sweeperOf(schedule, { destinations: { mail: destination } }).sweep({
      signal: stop.signal,
    });
    await schedule.clock.advance("1s");
    stop.abort();
    await schedule.clock.advance("1999ms");
    expect(reasons).toEqual([]);
    await schedule.clock.advance("1s");
    expect(reasons).toMatchObject([{ code: "interrupted" }]);
    expect(await sweeping).toMatchObject({ truncated: "aborted", undecided: 1 });
  });

  it("is not called if its whole time limit does not fit before the deadline", async () => {
    const schedule = await scheduleFor(["k"]);
    const { destination, received } = receiver(() => DELIVERED, { timeout: "30s" });
    const sweeper = sweeperOf(schedule, { destinations: { mail: destination } });
    const late = await sweeper.sweep({ deadline: new Date(schedule.clock.now() + 31_000) });
    expect(late).toMatchObject({ retrying: 1, delivered: 0, truncated: false });
    expect(late.errors).toMatchObject([{ code: "interrupted" }]);
    expect(received).toEqual([]);
    await schedule.clock.advance("1m");
    const inTime = await sweeper.sweep({ deadline: new Date(schedule.clock.now() + 31_300) });
    expect(inTime).toMatchObject({ delivered: 1 });
  });

  it("is left for the next sweep if its time limit does not fit any more, and would fit into a whole sweep", async () => {
    const schedule = await scheduleFor(["a", "b"]);
    const { destination, received } = receiver(
      async () => {
        await schedule.clock.sleep(25_000);
        return DELIVERED;
      },
      { timeout: "30s", concurrency: 1 },
    );
    const sweeper = sweeperOf(schedule, { destinations: { mail: destination } });
    const sweeping = sweeper.sweep({ deadline: new Date(schedule.clock.now() + 50_000) });
    await schedule.clock.advance("50s");
    expect(await sweeping).toMatchObject({
      delivered: 1,
      retrying: 1,
      errors: [],
      truncated: false,
    });
    const next = sweeper.sweep();
    await schedule.clock.advance("50s");
    expect(await next).toMatchObject({ delivered: 1 });
    expect(received.map(({ key, isRepeat }) => `${key} ${isRepeat}`)).toEqual([
      "a false",
      "b false",
    ]);
  });
});
