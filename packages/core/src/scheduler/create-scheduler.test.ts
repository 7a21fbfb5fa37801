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
  const unordered = memoryStore({ capabilities: { orderedList: false } });
  const withoutColon = { ...memoryStore(), nameProblem: () => "the bucket contains a colon" };

  it.each([
    ["invalid-option", { buckt: "b" }],
    ["invalid-option", { bucket: "" }],
    ["invalid-option", { bucket: undefined }],
    ["invalid-option", { bucket: "a/b" }],
    ["invalid-option", { bucket: "s3://acme" }],
    ["invalid-option", { bucket: "arn:aws:s3:::acme" }],
    ["invalid-option", { bucket: "a:b", store: withoutColon }],
    ["invalid-option", { store: undefined }],
    ["invalid-option", { store: new S3Client() }],
    ["invalid-option", { clock: Date }],
    ["invalid-option", { random: 42 }],
    ["invalid-option", { codec: "v1" }],
    ["invalid-option", { root: 42 }],
    ["invalid-option", { root: "a/pending" }],
    ["invalid-option", { root: "pending.0a" }],
    ["invalid-option", { root: "a/" }],
    ["invalid-option", { root: "" }],
    ["invalid-option", { shards: "4" }],
    ["invalid-option", { shards: -1 }],
    ["invalid-option", { shards: 257 }],
    ["invalid-option", { shards: 2.5 }],
    ["invalid-option", { shards: 4, codec: otherCodec }],
    ["invalid-option", { guard: "2s" }],
    ["invalid-duration", { guard: 4000 }],
    ["not-supported", { store: unordered }],
  ])("throws %s for %o", (code, options) => {
    const create = () => createScheduler({ ...testSchedule(), ...options } as never);
    expect(create).toThrow(expect.objectContaining({ code }));
  });

  it.each(["/", "s3://"])("suggests no name for the bucket %s", (bucket) => {
    expect(() => createScheduler({ ...testSchedule(), bucket })).toThrow(/give the name alone\./);
  });

  it.each([undefined, null, "schedule", []])("refuses %j in place of its options", (options) => {
    for (const create of [createScheduler, createDeadLetters, createSweeper, createShards]) {
      expect(() => create(options as never)).toThrow(
        /^create\w+\(\) needs an object of options \(got .*store/,
      );
    }
  });

  it("takes a key format without shards", () => {
    const schedule = { ...testSchedule(), codec: otherCodec };
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
    await expect(call({ signal: new AbortController() })).rejects.toThrow(/^signal must be/);
  });

  it.each<[string, Verb]>([
    ["overdu", ({ scheduler }) => scheduler.cancel(ID, { overdu: true } as never)],
    ["concurency", ({ scheduler }) => scheduler.scheduleMany([], { concurency: 2 } as never)],
    ["onResult", ({ scheduler }) => scheduler.scheduleMany([], { onResult: "x" } as never)],
    ["an object", ({ scheduler }) => scheduler.scheduleMany({ in: "1h", to } as never)],
    ["null", ({ scheduler }) => scheduler.scheduleMany(null as never)],
  ])("are refused by cancel() and scheduleMany(): %s", async (given, verb) => {
    const message = expect.stringContaining(given);
    const refused = { code: "invalid-option", message };
    await expect(verb(verbs(), undefined as never)).rejects.toMatchObject(refused);
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

  it("is no key of another root, and no key of a dead letter for a waiting event", async () => {
    const { scheduler, dead } = verbs();
    await expect(scheduler.cancel(`keywhen/dead/${ID}`)).rejects.toThrow(/is not an event's id/);
    await expect(dead.purge(`keywhen/pending/${ID}`)).rejects.toThrow(/is not an event's id/);
    await expect(scheduler.get(`other/pending/${ID}`)).rejects.toThrow(/is not an event's id/);
  });
});
