import { preview } from "@keywhen/recurring";
import { afterEach, describe, expect, it } from "vitest";
import { CHANGING_ZONE, type RulePlan, type ZoneChange } from "./plan.js";
import { occurrenceAfter, ruleOf } from "./rule-occurrences.js";
import { makeZoneDataChangeable, useZoneData } from "./zone-data.js";

makeZoneDataChangeable();
const START_MS = Date.UTC(2026, 11, 24, 8, 0, 7);
const CHANGE_MS = Date.UTC(2026, 11, 24, 8, 10);
const COUNT = 40;
const INTERVALS = [1, 2, 3, 5, 30];

describe("occurrenceAfter()", () => {
  afterEach(() => useZoneData(undefined));

  it.each([
    undefined,
    { atMs: CHANGE_MS, byMinutes: 1 },
    { atMs: CHANGE_MS, byMinutes: 4 },
    { atMs: CHANGE_MS + 30_000, byMinutes: 2 },
    { atMs: CHANGE_MS, byMinutes: -1 },
    { atMs: CHANGE_MS + 30_000, byMinutes: -2 },
  ])("finds what keywhen finds on a machine with these time zone data: %j", (zoneChange) => {
    useZoneData(zoneChange);
    for (const minutes of INTERVALS) {
      const rule = { ...fixedTimes(minutes), offset: minutes - 1 };
      const found = preview(ruleOf(rule), { count: COUNT, after: new Date(START_MS) });
      const expected = found.map(({ at, occurrence }) => ({
        atMs: at.getTime(),
        nominal: occurrence,
      }));
      expect(occurrences(rule, zoneChange)).toEqual(expected);
    }
  });

  it("leaves out no time between those before a change of the clocks and those after", () => {
    const zoneChange = { atMs: CHANGE_MS, byMinutes: 2 };
    const nominals = occurrences(fixedTimes(5), zoneChange).map(({ nominal }) => nominal.slice(11));
    expect(nominals.slice(0, 4)).toEqual(["13:35", "13:40", "13:45", "13:50"]);
  });
});

function fixedTimes(minutes: number): RulePlan {
  return { kind: "fixed-times", minutes, offset: 0, anchorMs: 0, ...CHANGING_ZONE };
}

function occurrences(rule: RulePlan, zoneChange: ZoneChange | undefined) {
  const found = [occurrenceAfter(rule, START_MS, { zoneChange })];
  for (let next = found.at(-1); next !== undefined && found.length < COUNT; next = found.at(-1)) {
    found.push(occurrenceAfter(rule, next.atMs, { nominal: next.nominal, zoneChange }));
  }
  return found;
}
