import { describe, expect, it } from "vitest";
import { createDeadLetters } from "../dead/dead-letters.js";
import { createShards } from "../shards/create-shards.js";
import { keysOf, testSchedule } from "../test-support/test-schedule.js";
import { createScheduler } from "./create-scheduler.js";
import { pendingKey } from "./plan-key.js";

const to = { bucket: "out", key: "k" };
const ID = "2026-12-24T13:00:00.000Z|out|k|d";

function verbs(home = testSchedule()) {
  const scheduler = createScheduler(home);
  const dead = createDeadLetters(home);
  const shardMap = createShards(home);
  const list = async (filter?: object, call?: object) => {
    for await (const event of scheduler.list(filter, call)) return event.id;
    return undefined;
  };
  return { scheduler, dead, shardMap, list };
}

type Verb = (verb: ReturnType<typeof verbs>, call: never) => Promise<unknown>;

const CALLS: [string, Verb][] = [
  ["schedule()", ({ scheduler }, call) => scheduler.schedule({ in: "1h", to }, call)],
  ["list()", ({ list }, call) => list({}, call)],
  ["get()", ({ scheduler }, call) => scheduler.get(ID, call)],
  ["open()", ({ scheduler }, call) => scheduler.open(ID, call)],
  ["reschedule()", ({ scheduler }, call) => scheduler.reschedule(ID, { in: "1h" }, call)],
  ["get()", ({ dead }, call) => dead.get(ID, call)],
  ["open()", ({ dead }, call) => dead.open(ID, call)],
  ["redrive()", ({ dead }, call) => dead.redrive(ID, undefined, call)],
  ["purge()", ({ dead }, call) => dead.purge(ID, call)],
  ["read()", ({ shardMap }, call) => shardMap.read(call)],
  ["setShards()", ({ shardMap }, call) => shardMap.setShards(1, call)],
  ["dropShards()", ({ shardMap }, call) => shardMap.dropShards(1, call)],
];

describe("the options of a call", () => {
  it.each(CALLS)("are refused by %s if it doesn't know them", async (name, call) => {
    const unknown = call(verbs(), { signl: undefined } as never);
    await expect(unknown).rejects.toMatchObject({
      code: "invalid-option",
      message: `${name} has no option "signl". Did you mean "signal"?`,
    });
    const bare = call(verbs(), new AbortController().signal as never);
    await expect(bare).rejects.toThrow(`${name} takes { signal }, not the signal itself.`);
    const controller = call(verbs(), { signal: new AbortController() } as never);
    await expect(controller).rejects.toThrow(
      "signal must be an AbortSignal, such as controller.signal (got an AbortController).",
    );
  });

  it("are refused by cancel() and scheduleMany() if they don't know them", async () => {
    const { scheduler } = verbs();
    const controller = { signal: new AbortController() } as never;
    await expect(scheduler.cancel(ID, { overdu: true } as never)).rejects.toThrow(/"overdue"/);
    await expect(scheduler.cancel(ID, controller)).rejects.toThrow(/must be an AbortSignal/);
    const many = (options: object, events: unknown = []) =>
      scheduler.scheduleMany(events as never, options);
    await expect(many({ concurency: 2 })).rejects.toThrow(/Did you mean "concurrency"/);
    await expect(many(controller)).rejects.toThrow(/must be an AbortSignal/);
    await expect(many({ onResult: "x" })).rejects.toThrow('onResult must be a function (got "x")');
    await expect(many({}, { in: "1h", to })).rejects.toThrow(/iterable of events.*got an object/);
    await expect(many({}, null)).rejects.toThrow(/iterable of events.*got null/);
  });
});

describe("reschedule() and redrive()", () => {
  it.each(["json", "body", "to", "metadata", "deliveryId", "contentType"])(
    "refuse %s and say what to do instead",
    async (name) => {
      const home = testSchedule();
      const { scheduler, dead } = verbs(home);
      const { id } = await scheduler.schedule({ in: "1h", to });
      const when = { in: "2h", [name]: "x" } as never;
      await expect(scheduler.reschedule(id, when)).rejects.toMatchObject({
        code: "invalid-option",
        message: `reschedule() can't change ${name}, only the time: cancel the event and schedule a new one.`,
      });
      await expect(dead.redrive(id, when)).rejects.toThrow(
        `redrive() can't change ${name}, only the time: schedule a new event, then purge the dead letter.`,
      );
      expect(await keysOf(home.store, "schedule")).toEqual([`keywhen/pending/${id}`]);
    },
  );

  it.each([
    [{ in: "2h", nonsense: 1 }, 'reschedule() has no option "nonsense". Known: at, in.'],
    ["2026-12-24T15:00Z", 'The time must be { at } or { in } (got "2026-12-24T15:00Z").'],
    [new Date(), "The time must be { at } or { in } (got a Date)."],
    [undefined, "The time must be { at } or { in } (got undefined)."],
    [{}, "When is it due?"],
  ])("refuse %j as a time", async (when, message) => {
    await expect(verbs().scheduler.reschedule(ID, when as never)).rejects.toThrow(message);
  });
});

describe("list()", () => {
  it.each([
    [{ to: "out/*" }, 'to must be { bucket, keyPrefix? } (got "out/*").'],
    [{ to: { bucket: "out", key: "k" } }, 'A filter\'s to has no option "key".'],
    [{ to: { keyPrefix: "k" } }, "The bucket of a filter's to is empty: give its name."],
    [{ to: { bucket: "out", keyPrefix: 1 } }, "keyPrefix must be a string (got 1)."],
    [{ after: "nonsense" }, "after must be an event's id"],
    [{ after: 42 }, "(got 42)"],
    [{ limit: "10" }, 'limit must be a whole number from 1 (got "10").'],
  ])("refuses %j instead of giving no event", async (filter, message) => {
    await expect(verbs().list(filter)).rejects.toThrow(message);
  });
});

describe("the whole key of an event in place of its id", () => {
  it("is accepted by get(), open(), reschedule(), cancel() and list()", async () => {
    const home = testSchedule();
    const { scheduler, list } = verbs(home);
    const { id } = await scheduler.schedule({ in: "1h", to, body: "x" });
    const key = `keywhen/pending/${id}`;
    expect((await scheduler.get(key))?.id).toBe(id);
    expect(await new Response(await scheduler.open(key)).text()).toBe("x");
    expect(await list({ after: key })).toBeUndefined();
    const moved = await scheduler.reschedule(key, { in: "2h" });
    if (moved.outcome !== "rescheduled") throw new Error(moved.outcome);
    const cancelled = await scheduler.cancel(`keywhen/pending.0a/${moved.id}`);
    expect(cancelled).toEqual({ outcome: "cancelled", id: moved.id });
  });

  it("is accepted of a dead letter", async () => {
    const home = testSchedule();
    const key = `keywhen/dead/${ID}`;
    await home.store.put({ bucket: "schedule", key }, new TextEncoder().encode("x"));
    const { dead } = verbs(home);
    expect((await dead.get(key))?.id).toBe(ID);
    expect(await new Response(await dead.open(key)).text()).toBe("x");
    expect(await dead.purge(key)).toEqual({ outcome: "purged" });
  });

  it("is refused of another root, and of a dead letter where a waiting event is meant", async () => {
    const { scheduler, dead } = verbs();
    await expect(scheduler.cancel(`keywhen/dead/${ID}`)).rejects.toThrow(/is not an event's id/);
    await expect(dead.purge(`keywhen/pending/${ID}`)).rejects.toThrow(/is not an event's id/);
    await expect(scheduler.get(`other/pending/${ID}`)).rejects.toMatchObject({
      code: "invalid-id",
    });
  });
});

describe("pendingKey()", () => {
  it("refuses a chosen delivery id with a duration, and says so", () => {
    expect(() => pendingKey({ in: "1h", to, deliveryId: "d" })).toThrow(/needs at, not in/);
  });
});
