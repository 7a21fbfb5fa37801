import { describe, expect, it } from "vitest";
import { explainUnrecognized } from "./event-ids.js";

const AT = "2026-12-24T08:00:00.000Z";

describe("explainUnrecognized()", () => {
  it.each([
    ["readme.txt", "doesn't begin with an instant"],
    ["2026-12-24T08:00:00Z|b|k|d", "doesn't begin with an instant"],
    ["2026-02-30T08:00:00.000Z|b|k|d", "not a real time"],
    [AT, "no bucket"],
    [`${AT}|b`, "no key"],
    [`${AT}|b|k|d|e`, "more than four parts"],
    [`${AT}|%41|k|d`, 'bucket "%41"'],
    [`${AT}|b|k~|d`, 'key "k~"'],
    [`${AT}|b|k|d~xyz`, 'delivery id "d~xyz"'],
  ])("says of %s: %s", (id, why) => {
    expect(explainUnrecognized(id)).toContain(why);
  });
});
