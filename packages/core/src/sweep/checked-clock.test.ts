import { describe, expect, it } from "vitest";
import { NOON } from "../test-support/test-schedule.js";
import { type ManualClock, manualClock } from "../testing/manual-clock.js";
import { createCheckedClock } from "./checked-clock.js";

describe("createCheckedClock()", () => {
  const noonMs = Date.parse(NOON);
  const instantOf = (clock: ManualClock) => ({
    wallMs: clock.now(),
    monotonicMs: clock.monotonic(),
  });

  it("is the wall clock as long as nothing was compared", () => {
    const clock = manualClock(NOON);
    const checked = createCheckedClock(clock);
    clock.set("2026-12-24T13:00:00.000Z");
    expect(checked.now()).toBe(noonMs + 3_600_000);
  });

  it("doesn't follow a clock that is set forward until it has been compared again", async () => {
    const clock = manualClock(NOON);
    const checked = createCheckedClock(clock);
    checked.confirm(instantOf(clock));
    await clock.advance("10s");
    expect(checked.now()).toBe(noonMs + 10_000);
    clock.set("2026-12-24T13:00:00.000Z");
    expect(checked.now()).toBe(noonMs + 10_250);
    checked.confirm(instantOf(clock));
    expect(checked.now()).toBe(noonMs + 3_600_000);
  });

  it("believes a comparison for when its question was sent: the clock may be set before the answer", () => {
    const clock = manualClock(NOON);
    const checked = createCheckedClock(clock);
    const sentAt = instantOf(clock);
    clock.set("2026-12-24T13:00:00.000Z");
    checked.confirm(sentAt);
    expect(checked.now()).toBe(noonMs + 250);
  });

  it("follows a clock that is set back: late is better than early", async () => {
    const clock = manualClock(NOON);
    const checked = createCheckedClock(clock);
    checked.confirm(instantOf(clock));
    clock.set("2026-12-24T11:00:00.000Z");
    expect(checked.now()).toBe(noonMs - 3_600_000);
  });
});
