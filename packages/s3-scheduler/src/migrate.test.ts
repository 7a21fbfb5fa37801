import { parseEventId } from "@keywhen/core";
import type { ObjectStore } from "@keywhen/core/store";
import { faultyStore, recordingStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import {
  failFirst,
  keysOf,
  storeError,
  sweeperOf,
  testSchedule,
  textOf,
} from "../../core/src/test-support/test-schedule.js";
import { type MigrateEvent, migrate } from "./migrate.js";
import { s3SchedulerCodec } from "./s3-scheduler-codec.js";

const TOMORROW = "2026-12-25%2012%3A00%3A00%2B00%3A00";
const YESTERDAY = "2026-12-23%2012%3A00%3A00.000001%2B01%3A00";

async function scheduleWith(ids: readonly string[], home = testSchedule()) {
  for (const id of ids) {
    const ref = { bucket: "schedule", key: `scheduled/|${id}` };
    await home.store.put(ref, new TextEncoder().encode(id), {
      contentType: "text/plain",
      metadata: { user: "ann" },
    });
  }
  return home;
}

const migrateFrom = (home: ReturnType<typeof testSchedule>, options: object = {}) =>
  migrate({ ...home, from: "scheduled", ...options });

describe("migrate()", () => {
  it("refuses a value that is not a signal before anything is sent", async () => {
    const signal = new AbortController();
    await expect(migrateFrom(testSchedule(), { signal })).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringContaining("signal must be an AbortSignal"),
    });
  });

  it("ends with an error if the listing does not advance, as some S3 clones ignore startAfter", async () => {
    const home = await scheduleWith(["1", "2", "3"]);
    const list: ObjectStore["list"] = async ({ bucket, prefix }, call) => {
      const { objects } = await home.store.list({ bucket, prefix, limit: 2 }, call);
      return { objects, more: true };
    };
    await expect(migrateFrom(home, { store: { ...home.store, list } })).rejects.toMatchObject({
      code: "unexpected",
      message: expect.stringContaining("does not advance"),
    });
  });

  it("counts as gone what is delivered or cancelled during the migration", async () => {
    for (const before of ["head", "copy", "move"]) {
      const home = await scheduleWith(
        [`${TOMORROW}|out|k`],
        testSchedule({ move: before === "move" }),
      );
      const store = recordingStore(home.store, ({ kind }) => {
        if (kind === before) void home.store.delete("schedule", [`scheduled/|${TOMORROW}|out|k`]);
      });
      const report = await migrateFrom(home, { store });
      expect(report).toMatchObject({ migrated: 0, gone: 1, failed: 0 });
    }
  });

  it("counts as failed what the store says nothing of when it is deleted", async () => {
    const home = await scheduleWith([`${TOMORROW}|out|k`]);
    const store: ObjectStore = { ...home.store, delete: async () => [] };
    expect(await migrateFrom(home, { store })).toMatchObject({ migrated: 0, failed: 1 });
    expect(await migrateFrom(home)).toMatchObject({ migrated: 1, failed: 0 });
  });

  it("moves events, due or not, to keys of version 1 with body, headers and a delivery id", async () => {
    const home = await scheduleWith([`${TOMORROW}|out|a~~b%20c.txt`, `${YESTERDAY}|out|k`]);
    expect(await migrateFrom(home)).toEqual({
      migrated: 2,
      gone: 0,
      failed: 0,
      unrecognized: 0,
      aborted: false,
    });
    const keys = await keysOf(home.store, "schedule");
    expect(keys).toEqual([
      expect.stringMatching(/^keywhen\/pending\/2026-12-23T11:00:00\.001Z\|out\|k\|[0-9a-f]{12}$/),
      expect.stringMatching(
        /^keywhen\/pending\/2026-12-25T12:00:00\.000Z\|out\|a\/b%20c\.txt\|[0-9a-f]{12}$/,
      ),
    ]);
    const key = keys[0] ?? "";
    expect(await textOf(home.store, "schedule", key)).toBe(`${YESTERDAY}|out|k`);
    expect(await home.store.head({ bucket: "schedule", key })).toMatchObject({
      contentType: "text/plain",
      metadata: {
        user: "ann",
        "keywhen-id": key.slice(-12),
        "keywhen-at": "2026-12-23T11:00:00.001Z",
      },
    });
  });

  it("copies and deletes where the store can't move the event atomically", async () => {
    const home = await scheduleWith([`${TOMORROW}|out|k`]);
    const store: ObjectStore = {
      ...home.store,
      capabilities: { ...home.store.capabilities, move: "any-bucket" },
      move: () => Promise.reject(storeError("not-supported", "move")),
    };
    expect(await migrateFrom(home, { store })).toMatchObject({ migrated: 1, failed: 0 });
    expect(await keysOf(home.store, "schedule")).toEqual([
      expect.stringMatching(/^keywhen\/pending\//),
    ]);
  });

  it("counts as failed what the store fails to move, and leaves it where it is", async () => {
    const home = await scheduleWith([`${TOMORROW}|out|k`], testSchedule({ move: true }));
    const before = failFirst("move", 1, storeError("unexpected", "move"));
    const store = faultyStore(home.store, { before });
    expect(await migrateFrom(home, { store })).toMatchObject({ migrated: 0, failed: 1 });
    expect(await keysOf(home.store, "schedule")).toEqual([`scheduled/|${TOMORROW}|out|k`]);
    expect(await migrateFrom(home, { store })).toMatchObject({ migrated: 1, failed: 0 });
  });

  it.each([true, false])(
    "is delivered by a sweep afterwards (a store that moves: %s)",
    async (move) => {
      const home = await scheduleWith(
        [`${YESTERDAY}|out|k`, `${TOMORROW}|out|l`],
        testSchedule({ move }),
      );
      await migrateFrom(home);
      expect(await sweeperOf(home).sweep()).toMatchObject({
        delivered: 1,
        due: 1,
        unrecognized: 0,
      });
      expect(await keysOf(home.store, "out")).toEqual(["k"]);
    },
  );

  it("goes on where it broke off: after a crash between copy and delete nothing is there twice", async () => {
    const home = await scheduleWith([`${TOMORROW}|out|k`, `${YESTERDAY}|out|l`]);
    const crash = new Error("the process died");
    const dying = faultyStore(home.store, {
      before: ({ kind }) => (kind === "delete" ? crash : undefined),
    });
    const events: MigrateEvent[] = [];
    const first = await migrateFrom(
      { ...home, store: dying },
      { observe: events.push.bind(events) },
    );
    expect(first).toMatchObject({ migrated: 0, failed: 2 });
    expect(events.filter(({ type }) => type === "failed")).toHaveLength(2);
    const twice = await keysOf(home.store, "schedule");
    expect(twice).toHaveLength(4);
    expect(await migrateFrom(home)).toMatchObject({ migrated: 2, failed: 0 });
    expect(await keysOf(home.store, "schedule")).toEqual(twice.slice(0, 2));
  });

  it("keeps the old event if the copy's answer is lost, and finishes it the next time", async () => {
    const home = await scheduleWith([`${TOMORROW}|out|k`]);
    const lost = failFirst("copy", 9, storeError("unexpected", "copy"));
    const first = await migrateFrom({ ...home, store: faultyStore(home.store, { after: lost }) });
    expect(first).toMatchObject({ migrated: 0, failed: 1 });
    expect(await keysOf(home.store, "schedule")).toContain(`scheduled/|${TOMORROW}|out|k`);
    expect(await migrateFrom(home)).toMatchObject({ migrated: 1, failed: 0 });
    expect(await keysOf(home.store, "schedule")).toHaveLength(1);
  });

  it("keeps apart events of two paths that look alike", async () => {
    const home = await scheduleWith([`${TOMORROW}|out|k`]);
    const other = { bucket: "schedule", key: `other/|${TOMORROW}|out|k` };
    await home.store.put(other, new TextEncoder().encode("other"));
    await migrateFrom(home);
    await migrateFrom(home, { from: "other" });
    expect(await keysOf(home.store, "schedule")).toHaveLength(2);
  });

  it("leaves unrecognized objects alone, and what is too long for its new key", async () => {
    const long = `${TOMORROW}|out|${"x".repeat(970)}`;
    const home = await scheduleWith(["hello", long, `${TOMORROW}|out|k`]);
    await home.store.put({ bucket: "schedule", key: "scheduled/notes" }, new Uint8Array());
    const events: MigrateEvent[] = [];
    const report = await migrateFrom(home, { observe: events.push.bind(events) });
    expect(report).toMatchObject({ migrated: 1, failed: 1, unrecognized: 1 });
    expect(events).toContainEqual({ type: "unrecognized", key: "scheduled/|hello" });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "failed",
        error: expect.objectContaining({ code: "key-too-long" }),
      }),
    );
    expect(await keysOf(home.store, "schedule")).toEqual(
      expect.arrayContaining(["scheduled/notes", "scheduled/|hello", `scheduled/|${long}`]),
    );
  });

  it("stops immediately if the store denies", async () => {
    const home = await scheduleWith([`${TOMORROW}|out|k`]);
    const denied = failFirst("copy", 1, storeError("denied", "copy"));
    const store = faultyStore(home.store, { before: denied });
    await expect(migrateFrom({ ...home, store })).rejects.toMatchObject({ code: "denied" });
    expect(await keysOf(home.store, "schedule")).toHaveLength(1);
  });

  it("migrates more than a page, reports its progress, and stops when asked", async () => {
    const ids = Array.from({ length: 1_100 }, (_, index) => `${TOMORROW}|out|${index}`);
    const home = await scheduleWith(ids);
    const abort = new AbortController();
    const first = await migrateFrom(home, {
      signal: abort.signal,
      observe: ({ type }: MigrateEvent) => type === "progress" && abort.abort(),
    });
    expect(first).toMatchObject({ migrated: 64, aborted: true });
    expect(await migrateFrom(home)).toMatchObject({ migrated: 1_036, aborted: false });
    const keys = await keysOf(home.store, "schedule");
    expect(keys.every((key) => parseEventId(key.slice("keywhen/pending/".length)))).toBe(true);
  });

  it("changes nothing with dryRun", async () => {
    const home = await scheduleWith([`${TOMORROW}|out|k`]);
    expect(await migrateFrom(home, { dryRun: true })).toMatchObject({ migrated: 1 });
    expect(await keysOf(home.store, "schedule")).toEqual([`scheduled/|${TOMORROW}|out|k`]);
  });
});

describe("a sweep with s3SchedulerCodec", () => {
  it("delivers what is due, also if its offset puts it out of order, and nothing else", async () => {
    const due = [
      "2026-12-24%2011%3A59%3A59%2B00%3A00|out|utc",
      "2026-12-25%2011%3A58%3A00%2B23%3A59|out|east",
      "2026-12-23%2012%3A01%3A00-23%3A59|out|west",
      "2026-12-24%2012%3A00%3A00|out|naive",
    ];
    const waiting = [
      "2026-12-24%2012%3A00%3A00.000001%2B00%3A00|out|microsecond",
      "2026-12-23%2012%3A02%3A00-23%3A59|out|west-later",
      "2026-12-25%2012%3A00%3A00%2B23%3A59|out|east-later",
    ];
    const home = await scheduleWith([...due, ...waiting]);
    const oldSchedule = { ...home, codec: s3SchedulerCodec, root: "scheduled" };
    const report = await sweeperOf(home, oldSchedule).sweep();
    expect(report).toMatchObject({ due: 4, delivered: 4, unrecognized: 0 });
    expect(await keysOf(home.store, "out")).toEqual(["east", "naive", "utc", "west"]);
    const { objects } = await home.store.list({ bucket: "schedule", prefix: "scheduled/|" });
    expect(objects).toHaveLength(3);
  });
});
