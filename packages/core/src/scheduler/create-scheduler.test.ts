import { describe, expect, it } from "vitest";
import { createDeadLetters } from "../dead-letters/dead-letters.js";
import { createShards } from "../shards/create-shards.js";
import { memoryStore } from "../store/memory-store.js";
import { createSweeper } from "../sweep/create-sweeper.js";
import { scheduleWithEvent, to } from "../test-support/one-event.js";
import { otherCodec } from "../test-support/other-codec.js";
import { testSchedule } from "../test-support/test-schedule.js";
import { createScheduler } from "./create-scheduler.js";

class S3Client {
  send() {}
}

describe("createScheduler()", () => {
  it.each([
    ["a typo", { buckt: "b" }, /no option "buckt". Did you mean "bucket"/],
    ["no bucket", { bucket: "" }, /bucket is empty/],
    ["a bucket that is left out", { bucket: undefined }, /bucket is empty: give its name/],
    ["a slash", { bucket: "a/b" }, /alone, "a"\. Pass a folder in it as root/],
    ["only a slash", { bucket: "/" }, /"\/" contains a slash: give the name alone\./],
    ["a URL without a bucket", { bucket: "s3://" }, /"s3:\/\/" is a URL: give the name alone\.$/],
    ["a URL", { bucket: "s3://acme" }, /"s3:\/\/acme" is a URL: give the name alone, "acme"/],
    ["an ARN", { bucket: "arn:aws:s3:::acme" }, /is an ARN: give the name alone, "acme"/],
    ["no store", { store: undefined }, /^store is missing: give an ObjectStore, for example/],
    [
      "a client",
      { store: new S3Client() },
      /^store is an S3Client, which is not an ObjectStore: pass/,
    ],
    ["Date", { clock: Date }, /clock must be a Clock with now\(\), monotonic\(\) and sleep\(\)/],
    ["a seed for random", { random: 42 }, /random must be a function \(got 42\)/],
    ["a codec's name", { codec: "v1" }, /codec must be a KeyCodec \(got "v1"\): leave it out/],
    [
      "a root of 42",
      { root: 42 },
      /root must be a string, such as keywhen or acme\/jobs \(got 42\)/,
    ],
    ["shards that are text", { shards: "4" }, /shards must be a whole number .* \(got "4"\)/],
    ["too few shards", { shards: -1 }, /shards .* whole number/],
    ["too many shards", { shards: 257 }, /shards .* whole number/],
    ["half a shard", { shards: 2.5 }, /shards .* whole number/],
    ["a guard that is a number", { guard: 4000 }, /milliseconds are "4000ms"/],
    ["a short guard", { guard: "2s" }, /guard must be at least 3s/],
    ["a root with a reserved folder", { root: "a/pending" }, /reserved part "pending"/],
    ["a root with a shard's folder", { root: "pending.0a" }, /reserved part "pending.0a"/],
    ["a root with a slash at its end", { root: "a/" }, /^root .* is not allowed/],
    ["an empty root", { root: "" }, /^root .* is not allowed/],
  ])("refuses %s", (_, options, message) => {
    expect(() => createScheduler({ ...testSchedule(), ...options } as never)).toThrow(message);
  });

  it.each([undefined, null, "schedule", []])("refuses %j in place of its options", (options) => {
    for (const create of [createScheduler, createDeadLetters, createSweeper, createShards]) {
      expect(() => create(options as never)).toThrow(
        /^create\w+\(\) needs an object of options \(got .*store/,
      );
    }
  });

  it("refuses a store that lists in no order, or can't have the bucket", () => {
    const { clock, store } = testSchedule();
    const unordered = memoryStore({ clock, capabilities: { orderedList: false } });
    expect(() => createScheduler({ store: unordered, bucket: "b" })).toThrow(
      /not list keys in order/,
    );
    const nameProblem = () => "the bucket contains a colon";
    expect(() => createScheduler({ store: { ...store, nameProblem }, bucket: "a:b" })).toThrow(
      expect.objectContaining({
        code: "invalid-option",
        message:
          'bucket "a:b" can\'t hold a schedule: the bucket contains a colon. Choose another bucket.',
      }),
    );
  });

  it("refuses shards for keys of a format that knows none", () => {
    const schedule = { ...testSchedule(), codec: otherCodec };
    expect(() => createScheduler({ ...schedule, shards: 4 })).toThrow(/does not support shards/);
    expect(() => createScheduler({ ...schedule, shards: 0 })).not.toThrow();
  });

  it("uses this machine's clock by default", async () => {
    const schedule = { store: memoryStore({ clock: Date }), bucket: "schedule" };
    const before = Date.now();
    const { at } = await createScheduler(schedule).schedule({ in: "1h", to });
    expect(at.getTime() - before).toBeGreaterThanOrEqual(3_600_000);
    expect(at.getTime() - Date.now()).toBeLessThanOrEqual(3_600_000);
  });

  it("needs no guard where store and callers read one clock", async () => {
    const schedule = testSchedule({ clock: "shared" });
    const event = { at: new Date(schedule.clock.now() + 1), to, deliveryId: "x" };
    expect((await createScheduler(schedule).schedule(event)).outcome).toBe("scheduled");
  });
});

const ID = "2026-12-24T13:00:00.000Z|out|k|d";

function verbs(schedule = testSchedule()) {
  const scheduler = createScheduler(schedule);
  const first = async (filter?: object, call?: object) => {
    for await (const event of scheduler.list(filter, call)) return event.id;
    return undefined;
  };
  return { scheduler, dead: createDeadLetters(schedule), shardMap: createShards(schedule), first };
}

type Verb = (verb: ReturnType<typeof verbs>, call: never) => Promise<unknown>;

const CALLS: [string, Verb][] = [
  ["schedule()", ({ scheduler }, call) => scheduler.schedule({ in: "1h", to }, call)],
  ["list()", ({ first }, call) => first({}, call)],
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
  it.each(CALLS)("are refused by %s if it doesn't know them", async (name, verb) => {
    const call = (options: unknown) => verb(verbs(), options as never);
    await expect(call({ signl: undefined })).rejects.toMatchObject({
      code: "invalid-option",
      message: `${name} has no option "signl". Did you mean "signal"?`,
    });
    const { signal } = new AbortController();
    await expect(call(signal)).rejects.toThrow(`${name} takes an object of options`);
    await expect(call({ signal: new AbortController() })).rejects.toThrow(
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
    await expect(many({}, { in: "1h", to })).rejects.toThrow(/iterable.*got an object/);
    await expect(many({}, null)).rejects.toThrow(/iterable.*got null/);
  });
});

describe("the id of an event", () => {
  it.each(["", "nonsense", "2026-12-24T13:00:00.000Z", "2026-12-24T13:00:00.000Z|b|%41|x"])(
    "is not %j, which every verb refuses",
    async (id) => {
      const { scheduler, dead } = verbs();
      const calls = [scheduler.get, scheduler.open, scheduler.cancel, dead.get, dead.open];
      for (const call of [...calls, dead.redrive, dead.purge]) {
        await expect(call(id)).rejects.toMatchObject({ code: "invalid-id" });
      }
      const moved = scheduler.reschedule(id, { in: "1h" });
      await expect(moved).rejects.toMatchObject({ code: "invalid-id" });
    },
  );

  it("may be given as the whole key", async () => {
    const { schedule, id, key } = await scheduleWithEvent({ body: "x" });
    const { scheduler, dead, first } = verbs(schedule);
    expect((await scheduler.get(key))?.id).toBe(id);
    expect(await new Response(await scheduler.open(key)).text()).toBe("x");
    expect(await first({ after: key })).toBeUndefined();
    const moved = await scheduler.reschedule(key, { in: "2h" });
    if (moved.outcome !== "rescheduled") throw new Error(moved.outcome);
    const cancelled = await scheduler.cancel(`keywhen/pending.0a/${moved.id}`);
    expect(cancelled).toEqual({ outcome: "cancelled", id: moved.id });

    const deadKey = `keywhen/dead/${ID}`;
    await schedule.store.put({ bucket: "schedule", key: deadKey }, new TextEncoder().encode("x"));
    expect((await dead.get(deadKey))?.id).toBe(ID);
    expect(await new Response(await dead.open(deadKey)).text()).toBe("x");
    expect(await dead.purge(deadKey)).toEqual({ outcome: "purged" });
  });

  it("is no key of another root, nor of a dead letter where a waiting event is meant", async () => {
    const { scheduler, dead } = verbs();
    await expect(scheduler.cancel(`keywhen/dead/${ID}`)).rejects.toThrow(/is not an event's id/);
    await expect(dead.purge(`keywhen/pending/${ID}`)).rejects.toThrow(/is not an event's id/);
    await expect(scheduler.get(`other/pending/${ID}`)).rejects.toThrow(/is not an event's id/);
  });
});
