import { describe, expect, it } from "vitest";
import type { CronRule } from "../rule/rule.js";
import { type Definition, type LastOccurrence, type NextOccurrence, START } from "./definition.js";
import { isFarAhead } from "./is-far-ahead.js";

const NOW_MS = Date.parse("2026-12-24T10:00:00Z");
const DAILY: CronRule = { cron: "0 9 * * *" };
const TOMORROW = next("2026-12-25T09:00");
const IN_2030 = next("2030-01-01T09:00");

/** The occurrence of a fixed time in UTC. */
function next(nominal: string, changes: Partial<NextOccurrence> = {}): NextOccurrence {
  const atMs = Date.parse(`${nominal}Z`);
  const counts = { passedOver: 0, madeUp: 0 };
  return { atMs, nominal, dueMs: atMs, token: "token", ...counts, isOfOldRule: false, ...changes };
}

function last(nominal: string): LastOccurrence {
  return { atMs: Date.parse(`${nominal}Z`), nominal };
}

function definition(
  given: Pick<Definition, "next"> & { readonly last?: LastOccurrence },
  rule = DAILY,
): Definition {
  const content = {
    rule,
    to: { bucket: "out", key: "report" },
    payload: { body: { kind: "inline", base64: "" } },
    untilMs: undefined,
    maxLateMs: undefined,
    deliversMissed: false,
    windowMs: 0,
  } as const;
  return { state: "active", revision: "revision", content, last: undefined, ...given };
}

describe("isFarAhead()", () => {
  it.each([
    ["that was put while the clock was wrong", { next: IN_2030 }],
    ["that was swept while the clock was wrong", { next: IN_2030, last: last("2029-12-31T09:00") }],
    [
      "with more occurrences before the next one than were passed over",
      {
        next: next("2026-12-27T09:00", { passedOver: 1 }),
      },
    ],
  ] as const)("is true of a schedule %s", (_, given) => {
    expect(isFarAhead(definition(given), NOW_MS)).toBe(true);
  });

  it.each([
    ["without a next occurrence", { next: undefined }],
    ["whose next occurrence is the first of its rule", { next: TOMORROW }],
    [
      "all of whose earlier occurrences were passed over",
      {
        next: next("2026-12-27T09:00", { passedOver: 2 }),
      },
    ],
    [
      "whose next occurrence is of the rule before",
      {
        next: next("2030-01-01T09:00", { isOfOldRule: true }),
      },
    ],
    [
      "whose writer lets a sweeper compute the first occurrence",
      {
        next: next("2030-01-01T09:00", { nominal: START }),
      },
    ],
  ] as const)("is false of a schedule %s", (_, given) => {
    expect(isFarAhead(definition(given), NOW_MS)).toBe(false);
  });

  it("is false of an occurrence that new time zone data has moved", () => {
    const moved = next("2026-12-25T09:00", { atMs: Date.parse("2026-12-25T15:00:00Z") });
    expect(isFarAhead(definition({ next: moved }), NOW_MS)).toBe(false);
  });

  it("counts no nominal time again that new time zone data has moved ahead", () => {
    const given = {
      last: { atMs: NOW_MS - 7_200_000, nominal: "2026-12-24T09:00" },
      next: next("2026-12-25T09:00", { atMs: Date.parse("2026-12-25T14:00:00Z") }),
    };
    const rule = { ...DAILY, timeZone: "America/New_York" };
    expect(isFarAhead(definition(given, rule), NOW_MS)).toBe(false);
  });

  it("leaves out an occurrence that a writer may have found under way", () => {
    const nowMs = Date.parse("2026-12-24T08:58:30Z");
    expect(isFarAhead(definition({ next: TOMORROW }), nowMs)).toBe(false);
  });
});
