import { describe, expect, it } from "vitest";
import { asEventId, codecV1 } from "../key/codec-v1.js";
import { otherCodec } from "../test-support/other-codec.js";
import {
  ageOf,
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

describe("ageOf()", () => {
  const ageAt = (writtenMs: number) => ageOf(NOON_MS, new Date(writtenMs), NOON_MS + MINUTE_MS);

  it("counts from the due instant or, if that is later, from when the event was written", () => {
    expect(ageAt(NOON_MS - 1)).toEqual({ sinceMs: NOON_MS, isUndated: false });
    expect(ageAt(NOON_MS + 1)).toEqual({ sinceMs: NOON_MS + 1, isUndated: false });
  });

  it("does not believe that an event was written more than a minute ahead, nor an invalid date", () => {
    const latestMs = NOON_MS + 2 * MINUTE_MS;
    expect(ageAt(latestMs)).toEqual({ sinceMs: latestMs, isUndated: false });
    expect(ageAt(latestMs + 1)).toEqual({ sinceMs: NOON_MS, isUndated: true });
    expect(ageAt(Number.NaN)).toEqual({ sinceMs: NOON_MS, isUndated: true });
  });
});

describe("createTryHistory()", () => {
  const LISTED = { swept: { fromMs: 80, throughMs: 100 } };

  it.each([
    ["due and stored when the lease's holder had tried everything", {}, event(50), true],
    ["due later", {}, event(51), false],
    ["written later", {}, event(40, 51), false],
    ["due and stored when this sweep had tried everything", LISTED, event(100), true],
    ["due after that", LISTED, event(101), false],
    ["due in another holder's range", LISTED, event(79), false],
  ])("knows whether an event was tried that was %s", (_, own, one, wasTried) => {
    expect(historyOf({ sweptThroughMs: 50 }, own).wasTried(one)).toBe(wasTried);
  });

  it("takes no event for tried or delivered if neither the lease nor this sweep knows anything", () => {
    expect(historyOf({}).wasTried(event(0))).toBe(false);
    expect(historyOf({}).mayBeDelivered(event(0))).toBe(false);
  });

  it.each([
    ["was tried", event(10), true],
    ["is due by the lease's unclean instant", event(50, 60), true],
    ["is due by the last uncertain event of this sweep", event(70), true],
    ["is due later", event(71), false],
  ])("knows whether an event may be delivered that %s", (_, one, mayBe) => {
    const history = historyOf({ sweptThroughMs: 10, uncleanMs: 50 }, { uncertainMs: 70 });
    expect(history.mayBeDelivered(one)).toBe(mayBe);
  });

  it("postpones an event that was tried until its next step is due", () => {
    const at = (nowMs: number) => historyOf({ sweptThroughMs: 10 }, { nowMs });
    expect(at(MINUTE_MS - 1).backsOffUntilMs(event(0))).toBe(MINUTE_MS);
    expect(at(MINUTE_MS).backsOffUntilMs(event(0))).toBeUndefined();
    expect(at(0).backsOffUntilMs(event(11))).toBeUndefined();
    expect(at(7).nowMs()).toBe(7);
  });

  it("tries an undated event once a minute, because it may never have been tried", () => {
    const history = historyOf({ sweptThroughMs: 100 * MINUTE_MS }, { nowMs: 100 * MINUTE_MS + 1 });
    expect(history.backsOffUntilMs(event(0, 0, true))).toBe(101 * MINUTE_MS);
    expect(history.backsOffUntilMs(event(0))).toBe(123 * MINUTE_MS);
  });

  it("tries every event without a lease, and looks at its target first", () => {
    const own = { swept: () => undefined, uncertainMs: () => undefined, nowMs: () => 7 };
    const history = createTryHistory(undefined, own);
    expect(history.wasTried(event(99))).toBe(true);
    expect(history.mayBeDelivered(event(99))).toBe(true);
    expect(history.backsOffUntilMs(event(0))).toBeUndefined();
    expect(history.nowMs()).toBe(7);
  });

  it("postpones without a lease what this sweeper remembers to have tried", () => {
    const triedMs = ({ atMs }: { atMs: number }) => (atMs === 0 ? 10 : undefined);
    const own = { swept: () => undefined, uncertainMs: () => undefined, nowMs: () => 20, triedMs };
    const history = createTryHistory(undefined, own);
    expect(history.backsOffUntilMs(event(0))).toBe(MINUTE_MS);
    expect(history.backsOffUntilMs(event(1))).toBeUndefined();
  });
});

describe("nextTryMs()", () => {
  it.each([
    [0, 1],
    [1, 3],
    [8, 15],
    [31, 63],
    [63, 123],
    [122.9, 123],
    [183, 243],
  ])("after %d minutes is at minute %i: pauses double from a minute to an hour", (after, next) => {
    expect(nextTryMs(5_000, 5_000 + after * MINUTE_MS)).toBe(5_000 + next * MINUTE_MS);
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
  it.each([
    ["the instant at which the listing began: everything due by then was tried", {}, NOON_MS],
    ["the end of its range, if that is earlier", { untilMs: NOON_MS - 5 }, NOON_MS - 5],
    ["two seconds before the store's time", { listedAtStoreMs: NOON_MS }, NOON_MS - 2_000],
    ["not changed by a later store's time", { listedAtStoreMs: NOON_MS + 2_001 }, NOON_MS],
    ["unknown if the answer to the listing had no time", { listedAtStoreMs: undefined }, undefined],
    ["before the first event without a try", { unattemptedSinceMs: NOON_MS - 7 }, NOON_MS - 8],
    ["unknown if it was truncated before any event", { isTruncated: true }, undefined],
  ])("is %s", (_, facts, expected) => {
    expect(through(facts)).toBe(expected);
  });

  it("is before the last admitted event if the sweep was truncated", () => {
    const atMs = NOON_MS - 9;
    const to = { bucket: "b", key: "k" };
    const id = asEventId(codecV1.encode({ atMs, to, deliveryId: "x", suffix: undefined }));
    const lastAdmitted = { atMs, id };
    expect(through({ isTruncated: true, lastAdmitted })).toBe(NOON_MS - 10);
    expect(through({ isTruncated: false, lastAdmitted })).toBe(NOON_MS);
  });

  it("is unknown if it was truncated among keys that are not exactly in time order", () => {
    const id = asEventId("2026-12-24%2011%3A00%3A00%2B00%3A00|b|k");
    const lastAdmitted = { atMs: NOON_MS - 3_600_000, id };
    expect(through({ isTruncated: true, lastAdmitted, codec: otherCodec })).toBeUndefined();
  });
});
