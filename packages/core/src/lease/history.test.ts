import { describe, expect, it } from "vitest";
import { codecV1 } from "../key/codec-v1.js";
import { asEventId } from "../key/key-codec.js";
import { otherCodec } from "../test-support/other-codec.js";
import {
  createTryHistory,
  nextTryMs,
  nextUndatedTryMs,
  type OwnSweep,
  type SweptFacts,
  sweptThroughMs,
} from "./history.js";

const MINUTE_MS = 60_000;
const NOON_MS = Date.UTC(2026, 11, 24, 12);

function historyOf(
  lease: { sweptThroughMs?: number; uncleanMs?: number },
  own: { swept?: OwnSweep; uncertainMs?: number; nowMs?: number } = {},
) {
  const { sweptThroughMs, uncleanMs } = lease;
  return createTryHistory(
    { sweptThroughMs, uncleanMs },
    {
      swept: () => own.swept,
      uncertainMs: () => own.uncertainMs,
      nowMs: () => own.nowMs ?? 0,
    },
  );
}

const event = (atMs: number, sinceMs = atMs, isUndated = false) => ({ atMs, sinceMs, isUndated });

describe("createTryHistory()", () => {
  it("knows from the lease which events were due and stored when everything had been tried", () => {
    const history = historyOf({ sweptThroughMs: 100 });
    expect(history.wasTried(event(100))).toBe(true);
    expect(history.wasTried(event(101))).toBe(false);
    expect(history.wasTried(event(50, 101))).toBe(false); // written later
    expect(historyOf({}).wasTried(event(0))).toBe(false);
  });

  it("knows from its own listings what it has tried, from the start of its range on", () => {
    const history = historyOf({ sweptThroughMs: 50 }, { swept: { fromMs: 80, throughMs: 100 } });
    expect(history.wasTried(event(80))).toBe(true);
    expect(history.wasTried(event(79))).toBe(false); // another holder's
    expect(history.wasTried(event(50))).toBe(true);
    expect(history.wasTried(event(101))).toBe(false);
  });

  it("suspects a delivery of what was tried, and of what may be between a copy and its delete", () => {
    const history = historyOf({ sweptThroughMs: 10, uncleanMs: 50 }, { uncertainMs: 70 });
    expect(history.mayBeDelivered(event(10))).toBe(true);
    expect(history.mayBeDelivered(event(50, 60))).toBe(true);
    expect(history.mayBeDelivered(event(70))).toBe(true);
    expect(history.mayBeDelivered(event(71))).toBe(false);
    expect(historyOf({ uncleanMs: 50 }).mayBeDelivered(event(51))).toBe(false);
    expect(historyOf({}).mayBeDelivered(event(0))).toBe(false);
  });

  it("tries an undated event once a minute, because it may never have been tried", () => {
    const history = historyOf({ sweptThroughMs: 100 * MINUTE_MS }, { nowMs: 100 * MINUTE_MS + 1 });
    expect(history.backsOffUntilMs(event(0, 0, true))).toBe(101 * MINUTE_MS);
    expect(history.backsOffUntilMs(event(0))).toBe(123 * MINUTE_MS);
  });

  it("postpones an event that was tried until its next step is due", () => {
    const at = (nowMs: number) => historyOf({ sweptThroughMs: 10 }, { nowMs });
    expect(at(MINUTE_MS - 1).backsOffUntilMs(event(0))).toBe(MINUTE_MS);
    expect(at(MINUTE_MS).backsOffUntilMs(event(0))).toBeUndefined();
    expect(at(0).backsOffUntilMs(event(11))).toBeUndefined();
  });

  it("passes on the store's time for which tries are due", () => {
    expect(historyOf({}, { nowMs: 7 }).nowMs()).toBe(7);
  });

  it("knows nothing without a lease: every event is tried, and its target looked at first", () => {
    const history = createTryHistory(undefined, {
      swept: () => undefined,
      uncertainMs: () => undefined,
      nowMs: () => 7,
    });
    expect(history.wasTried(event(99))).toBe(true);
    expect(history.mayBeDelivered(event(99))).toBe(true);
    expect(history.backsOffUntilMs(event(0))).toBeUndefined();
    expect(history.nowMs()).toBe(7);
  });
});

describe("nextTryMs()", () => {
  it("doubles the pause from a minute to an hour, and then stays there", () => {
    const steps: number[] = [];
    for (let atMs = 0; steps.length < 9; ) {
      atMs = nextTryMs(0, atMs);
      steps.push(atMs / MINUTE_MS);
    }
    expect(steps).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243]);
  });

  it("needs no count of tries: any later instant finds its next step", () => {
    expect(nextTryMs(5_000, 5_000 + 8 * MINUTE_MS)).toBe(5_000 + 15 * MINUTE_MS);
    expect(nextTryMs(0, 63 * MINUTE_MS)).toBe(123 * MINUTE_MS);
    expect(nextTryMs(0, 122.9 * MINUTE_MS)).toBe(123 * MINUTE_MS);
  });
});

describe("nextUndatedTryMs()", () => {
  it("is the next full minute since the event could have been delivered", () => {
    expect(nextUndatedTryMs(5, 5)).toBe(5 + MINUTE_MS);
    expect(nextUndatedTryMs(5, 4 + MINUTE_MS)).toBe(5 + MINUTE_MS);
    expect(nextUndatedTryMs(5, 5 + MINUTE_MS)).toBe(5 + 2 * MINUTE_MS);
  });
});

/** A listing that ended without a failure, except for what the test states. */
function through(facts: Partial<SweptFacts> = {}) {
  return sweptThroughMs({
    untilMs: NOON_MS + MINUTE_MS,
    startedMs: NOON_MS,
    listedAtStoreMs: NOON_MS + MINUTE_MS,
    unattemptedSinceMs: undefined,
    isTruncated: false,
    lastAdmitted: undefined,
    codec: codecV1,
    ...facts,
  });
}

describe("sweptThroughMs()", () => {
  it("is the instant at which the listing began: everything due by then was tried", () => {
    expect(through()).toBe(NOON_MS);
  });

  it("never reaches into another holder's range", () => {
    expect(through({ untilMs: NOON_MS - 5 })).toBe(NOON_MS - 5);
  });

  it("leaves out what may have been written after the listing, by the store's clock", () => {
    expect(through({ listedAtStoreMs: NOON_MS })).toBe(NOON_MS - 2_000);
    expect(through({ listedAtStoreMs: NOON_MS + 2_001 })).toBe(NOON_MS);
  });

  it("is unknown if the answer to the listing had no time", () => {
    expect(through({ listedAtStoreMs: undefined })).toBeUndefined();
  });

  it("ends before the first event that had no try", () => {
    expect(through({ unattemptedSinceMs: NOON_MS - 7 })).toBe(NOON_MS - 8);
  });

  it("ends before the last event of the last page if the sweep was truncated", () => {
    const atMs = NOON_MS - 9;
    const to = { bucket: "b", key: "k" };
    const id = asEventId(codecV1.encode({ atMs, to, deliveryId: "x", suffix: undefined }));
    const lastAdmitted = { atMs, id };
    expect(through({ isTruncated: true, lastAdmitted })).toBe(NOON_MS - 10);
    expect(through({ isTruncated: false, lastAdmitted })).toBe(NOON_MS);
    expect(through({ isTruncated: true })).toBeUndefined();
  });

  it("is unknown if it was truncated among keys that are not quite in time order", () => {
    const id = asEventId("2026-12-24%2011%3A00%3A00%2B00%3A00|b|k");
    const lastAdmitted = { atMs: NOON_MS - 3_600_000, id };
    expect(through({ isTruncated: true, lastAdmitted, codec: otherCodec })).toBeUndefined();
  });
});
