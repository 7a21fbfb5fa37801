import { describe, expect, it } from "vitest";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { createSweeper } from "../sweep/create-sweeper.js";
import { testSchedule } from "../test-support/test-schedule.js";
import { signalOf } from "./check-options.js";

/** What a caller writes by mistake for `controller.signal`. TypeScript refuses it, JavaScript does not. */
const call = Object.assign({}, { signal: new AbortController() as never });

describe("an AbortController in place of its signal", () => {
  const scheduler = createScheduler(testSchedule());
  const sweeper = createSweeper({ ...testSchedule(), allowTargets: ["out/*"] });
  const event = { in: "1h", to: { bucket: "out", key: "k" } } as const;

  it.each([
    ["every call with no other option", () => signalOf(call, "get()")],
    ["cancel()", () => scheduler.cancel("2096-12-24T09:00:00.000Z|out|k|one", call)],
    ["scheduleMany()", () => scheduler.scheduleMany([event], call)],
    ["sweep()", () => sweeper.sweep(call)],
    ["start()", () => sweeper.start(call)],
  ])("is refused by %s before anything is sent", async (_, make) => {
    const calling = (async () => make())();
    await expect(calling).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringMatching(/^signal must be/),
    });
  });
});
