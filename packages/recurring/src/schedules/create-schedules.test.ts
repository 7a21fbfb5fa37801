import { hasCode } from "@keywhen/core";
import { type ObjectStore, ObjectStoreError, type StoreRequest } from "@keywhen/core/store";
import { faultyStore, memoryStore, recordingStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { DAILY, MINUTELY, passingTime, recurringSchedule } from "../testing/recurring-schedule.js";
import { createSchedules } from "./create-schedules.js";

const NINE = { at: new Date("2026-12-24T08:00Z"), occurrence: "2026-12-24T09:00" };
const NEXT_DAY = { at: new Date("2026-12-25T08:00Z"), occurrence: "2026-12-25T09:00" };

/** The kinds and keys of the requests that `work` sends. */
function recorded() {
  const requests: StoreRequest[] = [];
  const record = (store: ObjectStore) => recordingStore(store, (request) => requests.push(request));
  return { record, take: () => requests.splice(0).map(({ kind }) => kind) };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const unavailable = (operation: "get" | "put") =>
  new ObjectStoreError({ code: "unavailable", operation, bucket: "b", key: "k", message: "gone" });

describe("put", () => {
  it("stores a definition and one wake-up, and nothing else", async () => {
    const { schedules, stored, waiting } = recurringSchedule();
    expect(await schedules.put("daily", DAILY)).toEqual({
      outcome: "created",
      state: "active",
      next: NINE,
    });
    expect(await waiting()).toEqual([
      expect.stringMatching(
        /^2026-12-24T08:00:00\.000Z\|out\|report-2026-12-24T09:00\|daily@2026-12-24T09:00~[g-v]{8}$/,
      ),
    ]);
    expect((await stored()).filter((key) => !key.startsWith("pending/"))).toEqual([
      "schedules/daily",
    ]);
  });

  it("writes nothing if the content is the same, in any order", async () => {
    const { record, take } = recorded();
    const { schedules } = recurringSchedule(record);
    await schedules.put("daily", DAILY);
    take();
    const { to, ...rest } = DAILY;
    const again = await schedules.put("daily", { ...rest, to, until: undefined });
    expect(again).toEqual({ outcome: "unchanged", state: "active", next: NINE });
    expect(take().filter((kind) => kind !== "put")).toEqual(["get"]);
  });

  it("replaces the content from the next occurrence on", async () => {
    const { schedules, sweepAt, memory, delivered } = recurringSchedule();
    await schedules.put("daily", DAILY);
    const changed = await schedules.put("daily", { ...DAILY, json: { report: "new" } });
    expect(changed).toEqual({ outcome: "updated", state: "active", next: NINE });
    await sweepAt("2026-12-24T08:00:10Z");
    const [key = ""] = await delivered();
    const object = await memory.get({ bucket: "out", key });
    expect(await new Response(object?.body).json()).toEqual({ report: "new" });
    expect(object?.contentType).toBe("application/json");
  });

  it("names the occurrence that it came too late for", async () => {
    const { schedules, clock } = recurringSchedule();
    await schedules.put("daily", DAILY);
    clock.set("2026-12-24T07:59:57Z");
    const other = { ...DAILY, cron: "0 10 * * *" };
    expect(await schedules.put("daily", other)).toEqual({
      outcome: "updated",
      state: "active",
      next: NINE,
      underWay: NINE,
    });
  });

  it("stores a large body once, and copies it into each wake-up", async () => {
    const { schedules, sweepAt, stored, memory, delivered } = recurringSchedule();
    const large = {
      ...DAILY,
      json: undefined,
      body: "x".repeat(100_000),
      metadata: { user: "42" },
    };
    const { json: _, ...withBody } = large;
    await schedules.put("daily", withBody);
    expect(await schedules.put("daily", withBody)).toMatchObject({ outcome: "unchanged" });
    const payloads = (await stored()).filter((key) => key.startsWith("payloads/"));
    expect(payloads).toHaveLength(1);
    await sweepAt("2026-12-24T08:00:10Z");
    await sweepAt("2026-12-25T08:00:10Z");
    for (const key of await delivered()) {
      const info = await memory.head({ bucket: "out", key });
      expect(info).toMatchObject({ size: 100_000, metadata: { user: "42" } });
    }
    expect(await delivered()).toHaveLength(2);
    await schedules.put("daily", { ...withBody, body: "y".repeat(100_000) });
    const left = (await stored()).filter((key) => key.startsWith("payloads/"));
    expect(left).toHaveLength(1);
    expect(left).not.toEqual(payloads);
  });

  it("is repeated safely after an answer was lost", async () => {
    let lost = 0;
    const { clock, schedules, waiting, sweepAt } = recurringSchedule((store) =>
      faultyStore(store, {
        after: ({ kind }) => (kind === "put" && lost++ < 2 ? unavailable("put") : undefined),
      }),
    );
    const put = passingTime(clock, schedules.put("daily", DAILY));
    expect(await put).toMatchObject({ outcome: "created" });
    expect((await waiting()).filter((id) => id.includes("daily@2026"))).toHaveLength(1);
    expect(await sweepAt("2026-12-24T08:00:10Z")).toMatchObject({ delivered: 1 });
  });

  it("that dies before it has stored the wake-up is finished by a sweeper", async () => {
    let isDead = false;
    const { clock, schedules, sweepAt, waiting } = recurringSchedule((store) =>
      faultyStore(store, {
        before: ({ kind, key = "" }) => {
          if (isDead && kind === "put" && key.includes("daily@2026-12-24"))
            return unavailable("put");
          if (key.includes("schedules/")) isDead = kind === "put" || isDead;
          return undefined;
        },
      }),
    );
    const put = passingTime(clock, schedules.put("daily", DAILY));
    await expect(put).rejects.toMatchObject({ code: "unavailable" });
    expect((await waiting()).map((id) => id.split("|")[3])).toEqual([
      expect.stringMatching(/^daily@check~/),
    ]);
    isDead = false;
    expect(await sweepAt("2026-12-24T07:05:30Z")).toMatchObject({ passedOver: 1, delivered: 0 });
    expect(await sweepAt("2026-12-24T08:00:10Z")).toMatchObject({ delivered: 1 });
  });

  it.each<readonly [string, object]>([
    ['A schedule has no option "at"', { at: "2026-12-24T09:00Z" }],
    ["can't be a stream", { json: undefined, body: new ReadableStream() }],
    ["missed must be", { missed: "some" }],
    [
      "window must be shorter than the time between two occurrences, 1440 minutes",
      { window: "1440m" },
    ],
    ["has no occurrence", { until: "2026-12-24T07:30:00Z" }],
    ["The target key is empty", { to: { bucket: "out", key: "" } }],
    ["metadata", { metadata: { long: "x".repeat(2_000) } }],
  ])("refuses with %j what could not be delivered", async (message, change) => {
    const { schedules, stored } = recurringSchedule();
    const given = { ...DAILY, ...change } as never;
    await expect(schedules.put("daily", given)).rejects.toThrow(message);
    expect(await stored()).toEqual([]);
  });

  it.each(["", "/a", "a/", "\ud800", 5])("refuses %j as a name", async (name) => {
    const { schedules } = recurringSchedule();
    await expect(schedules.put(name as string, DAILY)).rejects.toThrow("A schedule's name must be");
  });

  it("does not replace what it can't read", async () => {
    const { schedules, memory } = recurringSchedule();
    const ref = { bucket: "schedule", key: "keywhen/schedules/daily" };
    await memory.put(ref, new TextEncoder().encode('{"version":2}'));
    await expect(schedules.put("daily", DAILY)).rejects.toThrow("can't be read by this version");
    await expect(schedules.get("daily")).rejects.toSatisfy((error) =>
      hasCode(error, "not-supported"),
    );
  });
});

describe("pause, resume, skip, trigger and delete", () => {
  it("pause until resumed, and make up nothing", async () => {
    const { schedules, sweepAt, waiting } = recurringSchedule();
    await schedules.put("daily", DAILY);
    expect(await schedules.pause("daily")).toEqual({ outcome: "paused" });
    expect(await waiting()).toEqual([]);
    expect(await schedules.pause("daily")).toEqual({ outcome: "unchanged" });
    expect(await sweepAt("2026-12-24T08:00:10Z")).toMatchObject({ due: 0 });
    expect(await schedules.resume("daily")).toEqual({ outcome: "resumed", next: NEXT_DAY });
    expect(await sweepAt("2026-12-25T08:00:10Z")).toMatchObject({ delivered: 1 });
  });

  it("skip the next occurrence", async () => {
    const { schedules, sweepAt } = recurringSchedule();
    await schedules.put("daily", DAILY);
    expect(await schedules.skip("daily")).toEqual({
      outcome: "skipped",
      skipped: NINE,
      next: NEXT_DAY,
    });
    expect(await sweepAt("2026-12-24T08:00:10Z")).toMatchObject({ due: 0 });
  });

  it("say which occurrence they came too late for", async () => {
    const { schedules, clock } = recurringSchedule();
    await schedules.put("daily", DAILY);
    clock.set("2026-12-24T07:59:57Z");
    expect(await schedules.skip("daily")).toMatchObject({ outcome: "too-late", underWay: NINE });
    await schedules.put("other", DAILY);
    clock.set("2026-12-25T07:59:57Z");
    expect(await schedules.pause("other")).toEqual({ outcome: "paused", underWay: NEXT_DAY });
    expect(await schedules.delete("daily")).toEqual({ outcome: "deleted", underWay: NEXT_DAY });
  });

  it("deliver one more time on trigger, under another id", async () => {
    const { schedules, sweepAt, memory, delivered } = recurringSchedule();
    await schedules.put("daily", { ...DAILY, metadata: { user: "42" } });
    const triggered = await schedules.trigger("daily");
    expect(triggered).toMatchObject({ outcome: "triggered" });
    expect(await sweepAt("2026-12-24T07:00:10Z")).toMatchObject({ delivered: 1 });
    const [key = ""] = await delivered();
    expect(key).toBe("report-2026-12-24T07:00:00.000Z");
    expect(await memory.head({ bucket: "out", key })).toMatchObject({ metadata: { user: "42" } });
    expect(await schedules.get("daily")).toMatchObject({ next: NINE });
  });

  it("delete for good, and put again as new", async () => {
    const { schedules, sweepAt, waiting } = recurringSchedule();
    await schedules.put("daily", DAILY);
    expect(await schedules.delete("daily")).toEqual({ outcome: "deleted" });
    expect(await schedules.get("daily")).toBeUndefined();
    expect(await waiting()).toEqual([]);
    expect(await schedules.delete("daily")).toEqual({ outcome: "not-found" });
    expect(await sweepAt("2026-12-24T08:00:10Z")).toMatchObject({ due: 0 });
    expect(await schedules.put("daily", DAILY)).toEqual({
      outcome: "created",
      state: "active",
      next: NEXT_DAY,
    });
  });

  it.each(["pause", "resume", "skip", "trigger", "delete"] as const)(
    "%s answers that there is no such schedule",
    async (verb) => {
      const { schedules } = recurringSchedule();
      expect((await schedules[verb]("none")).outcome).toBe("not-found");
    },
  );
});

describe("get and list", () => {
  it("show what is stored", async () => {
    const { schedules } = recurringSchedule();
    await schedules.put("team/daily", DAILY);
    await schedules.put("minutely", { ...MINUTELY, until: "2027-01-01T00:00:00Z" });
    await schedules.put("old", DAILY);
    await schedules.delete("old");
    expect(await all(schedules.list())).toMatchObject([
      { name: "minutely", rule: { every: "1m" }, until: new Date("2027-01-01T00:00Z") },
      { name: "team/daily", state: "active", to: DAILY.to, next: NINE, last: undefined },
    ]);
    expect(await all(schedules.list({ prefix: "team/" }))).toHaveLength(1);
    expect(await schedules.get("none")).toBeUndefined();
  });
});

describe("a schedule that can't be read", () => {
  it.each(["{}", '{"version":2}'])("is reported after all others are listed: %s", async (text) => {
    const { schedules, memory } = recurringSchedule();
    await schedules.put("b", DAILY);
    await memory.put(
      { bucket: "schedule", key: "keywhen/schedules/a" },
      new TextEncoder().encode(text),
    );
    const listed: string[] = [];
    const list = async () => {
      for await (const { name } of schedules.list()) listed.push(name);
    };
    await expect(list()).rejects.toThrow('The definition of the schedule "a" can\'t be read');
    expect(listed).toEqual(["b"]);
  });
});

describe("createSchedules", () => {
  it("refuses a store that can't keep schedules safe", () => {
    const store = memoryStore({ capabilities: { putIfVersion: false } });
    expect(() => createSchedules({ store, bucket: "schedule" })).toThrow("conditional puts");
  });
});
