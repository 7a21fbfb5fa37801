import { describe, expect, it } from "vitest";
import type { HeldLease } from "../../lease/held-lease.js";
import { createTryHistory, type OwnSweep } from "./try-history.js";

const MINUTE_MS = 60_000;

function historyOf(
  lease: { sweptThroughMs?: number; uncleanMs?: number },
  own: { swept?: OwnSweep; uncertainMs?: number; nowMs?: number } = {},
) {
  const held: HeldLease = {
    fromMs: 0,
    untilMs: 0,
    ttlMs: 0,
    sweptThroughMs: lease.sweptThroughMs,
    uncleanMs: lease.uncleanMs,
    leftMs: () => 0,
    refresh: async () => {},
    release: async () => {},
    lostSignal: new AbortController().signal,
  };
  return createTryHistory(held, {
    swept: () => own.swept,
    uncertainMs: () => own.uncertainMs,
    nowMs: () => own.nowMs ?? 0,
  });
}

const event = (atMs: number, sinceMs = atMs, isUndated = false) => ({ atMs, sinceMs, isUndated });

describe("createTryHistory()", () => {
  it("knows by the lease what was due and stored when everything had been tried", () => {
    const history = historyOf({ sweptThroughMs: 100 });
    expect(history.wasTried(event(100))).toBe(true);
    expect(history.wasTried(event(101))).toBe(false);
    expect(history.wasTried(event(50, 101))).toBe(false); // written later
    expect(historyOf({}).wasTried(event(0))).toBe(false);
  });

  it("knows by its own passes what it has tried, from where they began", () => {
    const history = historyOf({ sweptThroughMs: 50 }, { swept: { fromMs: 80, throughMs: 100 } });
    expect(history.wasTried(event(80))).toBe(true);
    expect(history.wasTried(event(79))).toBe(false); // another holder's
    expect(history.wasTried(event(50))).toBe(true);
    expect(history.wasTried(event(101))).toBe(false);
  });

  it("has looked for what was tried, and for what may lie between a copy and its delete", () => {
    const history = historyOf({ sweptThroughMs: 10, uncleanMs: 50 }, { uncertainMs: 70 });
    expect(history.mayBeDelivered(event(10))).toBe(true);
    expect(history.mayBeDelivered(event(50, 60))).toBe(true);
    expect(history.mayBeDelivered(event(70))).toBe(true);
    expect(history.mayBeDelivered(event(71))).toBe(false);
    expect(historyOf({ uncleanMs: 50 }).mayBeDelivered(event(51))).toBe(false);
    expect(historyOf({}).mayBeDelivered(event(0))).toBe(false);
  });

  it("tries what is undated once a minute, as it may never have been tried", () => {
    const history = historyOf({ sweptThroughMs: 100 * MINUTE_MS }, { nowMs: 100 * MINUTE_MS + 1 });
    expect(history.backsOffUntilMs(event(0, 0, true))).toBe(101 * MINUTE_MS);
    expect(history.backsOffUntilMs(event(0))).toBe(123 * MINUTE_MS);
  });

  it("puts off what was tried until its next step is due", () => {
    const at = (nowMs: number) => historyOf({ sweptThroughMs: 10 }, { nowMs });
    expect(at(MINUTE_MS - 1).backsOffUntilMs(event(0))).toBe(MINUTE_MS);
    expect(at(MINUTE_MS).backsOffUntilMs(event(0))).toBeUndefined();
    expect(at(0).backsOffUntilMs(event(11))).toBeUndefined();
  });

  it("knows nothing where there is no lease: everything is tried, and looked for first", () => {
    const history = createTryHistory(undefined, {
      swept: () => undefined,
      uncertainMs: () => undefined,
      nowMs: () => 0,
    });
    expect(history.wasTried(event(99))).toBe(true);
    expect(history.mayBeDelivered(event(99))).toBe(true);
    expect(history.backsOffUntilMs(event(0))).toBeUndefined();
  });
});
