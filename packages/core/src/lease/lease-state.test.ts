import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  dropExpired,
  type LeaseAccount,
  type LeaseState,
  NO_HOLDERS,
  parseLeaseJson,
  rangeStartMs,
  releaseHolder,
  renewHolder,
  writeLeaseJson,
} from "./lease-state.js";

const NOW_MS = Date.UTC(2026, 11, 24, 12);
const DAY_MS = 86_400_000;
const ACCOUNT = { uncertainMs: undefined, attemptedAll: true, sweptThroughMs: undefined };

const holder = (owner: string, untilMs: number, expiresMs = NOW_MS + 30_000) => ({
  owner,
  untilMs,
  expiresMs,
});

describe("dropExpired()", () => {
  it.each([
    ["is live", holder("a", 1)],
    ["expired less than two seconds ago", holder("a", 1, NOW_MS - 1_999)],
    ["has the latest believable end", holder("a", 1, NOW_MS + 182_000)],
    ["has the farthest believable range", holder("a", NOW_MS + DAY_MS)],
  ])("keeps a holder that %s", (_, one) => {
    const state = { ...NO_HOLDERS, holders: [one] };
    expect(dropExpired(state, NOW_MS)).toEqual(state);
  });

  it.each([
    ["expired two seconds ago", holder("a", 7, NOW_MS - 2_000), 7],
    ["ends later than any lease is taken for", holder("a", 7, NOW_MS + 182_001), 7],
    ["owns a range that no host takes", holder("a", NOW_MS + DAY_MS + 1), NOW_MS + DAY_MS],
    ["owns a range years ahead", holder("a", NOW_MS + 1e12, 0), NOW_MS + DAY_MS],
  ])("removes a holder that %s, and what it may have copied is unclean", (_, one, uncleanMs) => {
    const state = { ...NO_HOLDERS, holders: [holder("live", 1), one], uncleanMs: 5 };
    expect(dropExpired(state, NOW_MS)).toEqual({
      ...NO_HOLDERS,
      holders: [holder("live", 1)],
      uncleanMs,
    });
  });

  it.each([
    ["an unclean instant an hour ahead", { uncleanMs: NOW_MS + 3_600_000 }],
    ["a sweep that a slow reading found", { sweptThroughMs: NOW_MS + 10_000 }],
  ])("keeps %s", (_, facts) => {
    const state = { ...NO_HOLDERS, ...facts };
    expect(dropExpired(state, NOW_MS)).toEqual(state);
  });

  it.each([
    ["an unclean instant years ahead", { uncleanMs: Date.UTC(9999, 11, 31) }],
    ["a sweep of the future", { sweptThroughMs: NOW_MS + 10_001 }],
  ])("replaces %s: everything due by now is unclean", (_, facts) => {
    const state = { ...NO_HOLDERS, ...facts };
    expect(dropExpired(state, NOW_MS)).toEqual({ ...NO_HOLDERS, uncleanMs: NOW_MS });
  });
});

describe("releaseHolder()", () => {
  const two: LeaseState = { ...NO_HOLDERS, holders: [holder("low", 100), holder("high", 200)] };
  const release = (state: LeaseState, owner: string, account: Partial<LeaseAccount> = {}) =>
    releaseHolder(state, owner, { ...ACCOUNT, ...account }, NOW_MS);

  it("leaves the other ranges, and the next higher one reaches back to everything older", () => {
    expect(rangeStartMs(two, "high")).toBe(100);
    expect(rangeStartMs(two, "low")).toBe(Number.NEGATIVE_INFINITY);
    const next = release(two, "low");
    expect(rangeStartMs(next, "high")).toBe(Number.NEGATIVE_INFINITY);
    expect(rangeStartMs(next, "low")).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    ["low", 100, {}, undefined],
    ["high", 100, {}, 100],
    ["low", 100, { attemptedAll: false }, 100],
    ["low", 101, {}, 101],
    ["low", 60, { uncertainMs: 50 }, 50],
    ["high", 60, { uncertainMs: 50 }, 60],
  ])("of %s over unclean %i with %j leaves unclean %s", (owner, uncleanMs, account, expected) => {
    expect(release({ ...two, uncleanMs }, owner, account).uncleanMs).toBe(expected);
  });

  it("lets only the lowest holder move sweptThrough, and never back", () => {
    const account = { sweptThroughMs: 90 };
    expect(release(two, "low", account).sweptThroughMs).toBe(90);
    expect(release(two, "high", account).sweptThroughMs).toBeUndefined();
    expect(release({ ...two, sweptThroughMs: 95 }, "low", account).sweptThroughMs).toBe(95);
  });

  it("changes nothing for an owner without an entry", () => {
    expect(release(two, "other", { uncertainMs: 50, sweptThroughMs: 90 })).toEqual(two);
  });

  it("claims nothing of what is due below a dead holder's end that was in the lease until now", () => {
    const holders = [holder("dead", 100, NOW_MS - 2_000), holder("own", 200)];
    const state = release({ ...NO_HOLDERS, holders }, "own", { sweptThroughMs: 90 });
    expect(state).toEqual({ ...NO_HOLDERS, uncleanMs: 100 });
  });
});

describe("renewHolder()", () => {
  it("prolongs the time of its owner alone", () => {
    const [low, high] = [holder("low", 100), holder("high", 200)];
    const state = { ...NO_HOLDERS, holders: [low, high], uncleanMs: 5 };
    expect(renewHolder(state, "high", NOW_MS)).toEqual({
      ...state,
      holders: [low, { ...high, expiresMs: NOW_MS }],
    });
  });
});

describe("parseLeaseJson()", () => {
  const instants = fc.integer({ min: 0, max: NOW_MS * 2 });
  const holders = fc.array(
    fc.record({ owner: fc.string(), untilMs: instants, expiresMs: instants }),
  );
  const maybe = fc.option(instants, { nil: undefined });

  it("reads what writeLeaseJson() writes, and sorts holders by rising range", () => {
    fc.assert(
      fc.property(holders, maybe, maybe, (given, sweptThroughMs, uncleanMs) => {
        const state = { holders: given, sweptThroughMs, uncleanMs };
        const sorted = given.toSorted((one, other) => one.untilMs - other.untilMs);
        const expected = { ...state, holders: sorted };
        expect(parseLeaseJson(writeLeaseJson(state, "nonce"))).toEqual(expected);
      }),
    );
  });

  it("never throws, and returns undefined for text that is not a lease", () => {
    fc.assert(fc.property(fc.string(), (text) => parseLeaseJson(text) === undefined));
    fc.assert(
      fc.property(fc.json(), (text) => {
        const state = parseLeaseJson(text);
        return state === undefined || Array.isArray(state.holders);
      }),
    );
  });

  const AT = '"2026-12-24T12:00:00.000Z"';
  it.each([
    ["nothing", ""],
    ["null", "null"],
    ["a list", "[]"],
    ["holders that are not a list", '{"holders":{}}'],
    ["a holder that is null", '{"holders":[null]}'],
    ["a holder without an end", `{"holders":[{"owner":"a","until":${AT}}]}`],
    ["a holder without a range", `{"holders":[{"owner":"a","expires":${AT}}]}`],
    ["a name that is not text", `{"holders":[{"owner":1,"until":${AT},"expires":${AT}}]}`],
    ["an instant that is not a time", '{"holders":[],"unclean":"soon"}'],
    ["an instant that is a number", '{"holders":[],"sweptThrough":5}'],
  ])("rejects %s", (_, text) => {
    expect(parseLeaseJson(text)).toBeUndefined();
  });

  it("ignores unknown fields, which a later version may add", () => {
    expect(parseLeaseJson('{"holders":[],"color":"red"}')).toEqual(NO_HOLDERS);
  });
});
