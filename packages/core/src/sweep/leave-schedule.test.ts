import { describe, expect, it } from "vitest";
import type { StoreErrorCode } from "../errors.js";
import type { RejectedEvent } from "../event-table/rejected-events.js";
import type { StoreRequest } from "../requests/wrap-store.js";
import { dueEvent } from "../test-support/due-event.js";
import { sweepRun } from "../test-support/sweep-run.js";
import { failFirst, storeError, testSchedule, textOf } from "../test-support/test-schedule.js";
import { type Faults, faultyStore, recordingStore } from "../testing/faulty-store.js";
import { deadLetterEvent, deleteEvents, retryDeleteAtMs } from "./leave-schedule.js";

const KEY = "keywhen/pending/event";
const EVENT = dueEvent("event", { key: KEY, to: { bucket: "out", key: "k" } });
const DEAD = { bucket: "schedule", key: "keywhen/dead/event" };

/** A sweep of one event, and what it sends. */
async function setUp(faults: Faults = {}) {
  const home = testSchedule();
  await home.store.put({ bucket: "schedule", key: KEY }, new TextEncoder().encode("body"));
  const sent: StoreRequest[] = [];
  const store = recordingStore(faultyStore(home.store, faults), (request) => sent.push(request));
  const run = sweepRun({ ...home, store });
  return { home, run, sent, kinds: () => sent.map(({ kind }) => kind) };
}

describe("deadLetterEvent()", () => {
  const aged = (error: RejectedEvent["error"]): RejectedEvent => ({
    event: EVENT,
    reason: "max-age",
    error,
    message: "it failed",
  });

  it("copies the event with the time, the reason and the error of its last try", async () => {
    const { home, run, sent } = await setUp();
    const outcome = await deadLetterEvent(run, aged(storeError("no-such-bucket", "copy")));
    expect(outcome).toEqual({ outcome: "stored" });
    expect(await textOf(home.store, DEAD.bucket, DEAD.key)).toBe("body");
    expect((await home.store.head(DEAD))?.metadata).toEqual({
      "keywhen-died-at": "2026-12-24T12:00:00.000Z",
      "keywhen-dead-reason": "max-age",
      "keywhen-error-code": "no-such-bucket",
      "keywhen-error": "it failed",
    });
    expect(sent).toMatchObject([{ kind: "head" }, { kind: "copy", sizeBytes: 4 }]);
  });

  it("keeps the reason as the code if there was no try", async () => {
    const { home, run } = await setUp();
    await deadLetterEvent(run, aged(undefined));
    const info = await home.store.head(DEAD);
    expect(info?.metadata).toMatchObject({ "keywhen-error-code": "max-age" });
  });

  it("finds that the event has gone before it is looked at, or before it is copied", async () => {
    const before = await setUp();
    await before.home.store.delete("schedule", [KEY]);
    expect(await deadLetterEvent(before.run, aged(undefined))).toEqual({ outcome: "gone" });
    expect(before.kinds()).toEqual(["head"]);
    const between = await setUp({
      after({ kind }) {
        if (kind === "head") void between.home.store.delete("schedule", [KEY]);
        return undefined;
      },
    });
    expect(await deadLetterEvent(between.run, aged(undefined))).toEqual({ outcome: "gone" });
  });

  it.each(["not-supported", "invalid-key", "no-such-bucket"] as const)(
    "copies it without the reason if the store refuses the copy: %s",
    async (code) => {
      const error = storeError(code, "copy", { undecided: false });
      const { home, run, kinds } = await setUp({ before: failFirst("copy", 1, error) });
      expect(await deadLetterEvent(run, aged(undefined))).toEqual({ outcome: "stored" });
      expect(kinds()).toEqual(["head", "copy", "copy"]);
      expect((await home.store.head(DEAD))?.metadata).toEqual({});
    },
  );

  it.each(["denied", "unauthenticated", "throttled", "unavailable", "unexpected"] as const)(
    "leaves it to a later sweep, which may keep the reason: %s",
    async (code) => {
      const error = storeError(code, "copy");
      const { run, kinds } = await setUp({ before: failFirst("copy", 1, error) });
      expect(await deadLetterEvent(run, aged(undefined))).toEqual({ outcome: "failed", error });
      expect(kinds()).toEqual(["head", "copy"]);
    },
  );

  it("ends with the copies when the sweep ends", async () => {
    const { run, kinds } = await setUp();
    const stopping = new AbortController();
    stopping.abort();
    Object.defineProperty(run.shutdown, "copySignal", { value: stopping.signal });
    const outcome = await deadLetterEvent(run, aged(undefined));
    expect(outcome).toMatchObject({ outcome: "failed", error: { code: "aborted" } });
    expect(kinds()).toEqual([]);
  });
});

describe("deleteEvents()", () => {
  it("deletes them with one request, which fails for each of them if it fails", async () => {
    const error = storeError("unavailable", "delete");
    const { run, kinds } = await setUp({ before: failFirst("delete", 1, error) });
    const events = [EVENT, dueEvent("other")];
    const failed = { outcome: "failed", error };
    expect(await deleteEvents(run, events)).toEqual([failed, failed]);
    expect(await deleteEvents(run, events)).toEqual([{ outcome: "gone" }, { outcome: "gone" }]);
    expect(kinds()).toEqual(["delete", "delete"]);
  });
});

describe("retryDeleteAtMs()", () => {
  async function retryOf(code: StoreErrorCode, deleteAttempts = 0) {
    const { run } = await setUp();
    const event = { ...EVENT, deleteAttempts };
    const atMs = retryDeleteAtMs(run, event, storeError(code, "delete"));
    return { atMs, stops: run.shutdown.reason };
  }

  it("is soon after a failure that can pass, four times in all", async () => {
    for (const attempts of [0, 1, 2]) {
      const { atMs, stops } = await retryOf("throttled", attempts);
      expect(atMs).toBeGreaterThan(0);
      expect(atMs).toBeLessThanOrEqual(100 * 2 ** attempts);
      expect(stops).toBe(false);
    }
    expect(await retryOf("throttled", 3)).toEqual({ atMs: undefined, stops: false });
  });

  it.each([
    ["denied", "denied"],
    ["unauthenticated", "denied"],
    ["not-supported", false],
    ["no-such-bucket", false],
  ] as const)("is never after %s, and the sweep stops: %s", async (code, stops) => {
    expect(await retryOf(code)).toEqual({ atMs: undefined, stops });
  });
});
