import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLeaseJson, writeLeaseJson } from "./lease-json.js";
import {
  dropExpired,
  type LeaseState,
  NO_HOLDERS,
  rangeStartMs,
  releaseHolder,
  removeHolder,
  renewHolder,
} from "./lease-state.js";

const NOW_MS = Date.UTC(2026, 11, 24, 12);
const SECOND_MS = 1_000;

const holder = (owner: string, untilMs: number, expiresMs = NOW_MS + 30 * SECOND_MS) => ({
  owner,
  untilMs,
  expiresMs,
});
const all = { uncertainMs: undefined, attemptedAll: true, sweptThroughMs: undefined };

describe("dropExpired()", () => {
  it("keeps who is alive, and for two seconds who has just expired", () => {
    const holders = [holder("a", 1), holder("b", 2, NOW_MS - 1_999)];
    expect(dropExpired({ ...NO_HOLDERS, holders }, NOW_MS).holders).toEqual(holders);
  });

  it("remembers what a dead holder may have copied", () => {
    const state = { ...NO_HOLDERS, holders: [holder("a", 7, NOW_MS - 2_000)], uncleanMs: 5 };
    expect(dropExpired(state, NOW_MS)).toEqual({ ...NO_HOLDERS, uncleanMs: 7 });
  });

  it("takes a holder for dead whose end is further off than anybody may take it for", () => {
    const longest = holder("a", 1, NOW_MS + 182_000);
    const beyond = holder("b", 2, NOW_MS + 182_001);
    const state = { ...NO_HOLDERS, holders: [longest, beyond] };
    expect(dropExpired(state, NOW_MS).holders).toEqual([longest]);
  });

  it("believes no range that ends years ahead, so that not every event is looked up for years", () => {
    const dead = holder("a", NOW_MS + 1e12, NOW_MS - 3_600_000);
    const { uncleanMs } = dropExpired({ ...NO_HOLDERS, holders: [dead] }, NOW_MS);
    expect(uncleanMs).toBe(NOW_MS + 86_400_000);
  });

  it("takes a holder for dead whose range ends further off than anybody looks ahead", () => {
    const farthest = holder("a", NOW_MS + 86_400_000);
    const beyond = holder("b", NOW_MS + 86_400_001);
    const state = { ...NO_HOLDERS, holders: [farthest, beyond] };
    expect(dropExpired(state, NOW_MS).holders).toEqual([farthest]);
  });

  it("takes everything due by now for unclean if the lease names an instant years ahead", () => {
    const state = { ...NO_HOLDERS, uncleanMs: Date.UTC(9999, 11, 31) };
    expect(dropExpired(state, NOW_MS)).toEqual({ ...NO_HOLDERS, uncleanMs: NOW_MS });
    const ahead = { ...NO_HOLDERS, uncleanMs: NOW_MS + 3_600_000 };
    expect(dropExpired(ahead, NOW_MS)).toEqual(ahead);
  });

  it("forgets a sweep of the future, which would keep every event from being tried", () => {
    const state = { ...NO_HOLDERS, sweptThroughMs: NOW_MS + 10_001 };
    expect(dropExpired(state, NOW_MS)).toEqual({ ...NO_HOLDERS, uncleanMs: NOW_MS });
  });

  it("keeps what a slow reading has met that was written after it had been asked for", () => {
    const state = { ...NO_HOLDERS, sweptThroughMs: NOW_MS + 10_000 };
    expect(dropExpired(state, NOW_MS)).toEqual(state);
  });
});

describe("removeHolder()", () => {
  const two: LeaseState = { ...NO_HOLDERS, holders: [holder("low", 100), holder("high", 200)] };

  it("leaves the others their ranges, and gives the lowest what lay below", () => {
    expect(rangeStartMs(two, "high")).toBe(100);
    expect(rangeStartMs(two, "low")).toBe(Number.NEGATIVE_INFINITY);
    const next = removeHolder(two, "low", all);
    expect(rangeStartMs(next, "high")).toBe(Number.NEGATIVE_INFINITY);
    expect(rangeStartMs(next, "low")).toBe(Number.POSITIVE_INFINITY);
  });

  it("is clean below its end if the lowest tried everything, and only then", () => {
    const unclean = { ...two, uncleanMs: 100 };
    expect(removeHolder(unclean, "low", all).uncleanMs).toBeUndefined();
    expect(removeHolder(unclean, "high", all).uncleanMs).toBe(100);
    expect(removeHolder(unclean, "low", { ...all, attemptedAll: false }).uncleanMs).toBe(100);
    expect(removeHolder({ ...two, uncleanMs: 101 }, "low", all).uncleanMs).toBe(101);
  });

  it("leaves word of what is uncertain", () => {
    const unclean = { ...two, uncleanMs: 60 };
    expect(removeHolder(unclean, "low", { ...all, uncertainMs: 50 }).uncleanMs).toBe(50);
    expect(removeHolder(unclean, "high", { ...all, uncertainMs: 50 }).uncleanMs).toBe(60);
  });

  it("changes nothing for who holds nothing", () => {
    expect(removeHolder(two, "other", { ...all, uncertainMs: 50, sweptThroughMs: 90 })).toBe(two);
  });

  it("lets only the lowest say how far everything has been tried, and never back", () => {
    const account = { ...all, sweptThroughMs: 90 };
    expect(removeHolder(two, "low", account).sweptThroughMs).toBe(90);
    expect(removeHolder(two, "high", account).sweptThroughMs).toBeUndefined();
    expect(removeHolder({ ...two, sweptThroughMs: 95 }, "low", account).sweptThroughMs).toBe(95);
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

describe("releaseHolder()", () => {
  it("claims nothing of what lay below a dead holder, whom nobody had counted out before", () => {
    const holders = [holder("dead", 100, NOW_MS - 2_000), holder("own", 200)];
    const state = releaseHolder(
      { ...NO_HOLDERS, holders },
      "own",
      { ...all, sweptThroughMs: 90 },
      NOW_MS,
    );
    expect(state).toEqual({ ...NO_HOLDERS, uncleanMs: 100 });
  });
});

describe("parseLeaseJson()", () => {
  const instants = fc.integer({ min: 0, max: NOW_MS * 2 });
  const holders = fc.array(
    fc.record({ owner: fc.string(), untilMs: instants, expiresMs: instants }),
  );
  const maybe = fc.option(instants, { nil: undefined });

  it("reads what is written, holders by rising range", () => {
    fc.assert(
      fc.property(holders, maybe, maybe, (given, sweptThroughMs, uncleanMs) => {
        const sorted = given.sort((one, other) => one.untilMs - other.untilMs);
        const state = { holders: sorted, sweptThroughMs, uncleanMs };
        expect(parseLeaseJson(writeLeaseJson(state, "nonce"))).toEqual(state);
      }),
    );
  });

  it("puts holders into order whoever wrote them in another one", () => {
    const given = {
      ...NO_HOLDERS,
      holders: [holder("b", 2_000), holder("c", 3_000), holder("a", 1_000)],
    };
    const state = parseLeaseJson(writeLeaseJson(given, "nonce"));
    expect(state?.holders.map(({ owner }) => owner)).toEqual(["a", "b", "c"]);
  });

  it("never throws, and takes nothing for a lease that isn't one", () => {
    fc.assert(fc.property(fc.string(), (text) => parseLeaseJson(text) === undefined));
    fc.assert(
      fc.property(fc.json(), (text) => {
        const state = parseLeaseJson(text);
        return state === undefined || Array.isArray(state.holders);
      }),
    );
  });

  it.each([
    ["", "nothing"],
    ["null", "null"],
    ["[]", "a list"],
    ['{"holders":{}}', "holders that are no list"],
    ['{"holders":[null]}', "a holder that is none"],
    ['{"holders":[{"owner":"a","until":"2026-12-24T12:00:00.000Z"}]}', "a holder without end"],
    ['{"holders":[{"owner":"a","expires":"2026-12-24T12:00:00.000Z"}]}', "a holder without range"],
    [
      '{"holders":[{"owner":1,"until":"2026-12-24T12:00:00.000Z","expires":"2026-12-24T12:00:00.000Z"}]}',
      "a holder whose name is none",
    ],
    ['{"holders":[],"unclean":"soon"}', "an instant that is none"],
    ['{"holders":[],"sweptThrough":5}', "a number for an instant"],
  ])("refuses %s: %s", (text) => {
    expect(parseLeaseJson(text)).toBeUndefined();
  });

  it("passes over what a later version may add", () => {
    expect(parseLeaseJson('{"holders":[],"color":"red"}')).toEqual(NO_HOLDERS);
  });
});
