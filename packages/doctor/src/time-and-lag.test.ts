import { wrapStore } from "@keywhen/core/store";
import { manualClock, memoryStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { NOON, testSchedule, writeByHand } from "../../core/src/test-support/test-schedule.js";
import { examine, failedIn, named } from "./testing/examine.js";

describe("examineStore() and time", () => {
  it.each([
    [-3_000, "fail"],
    [-500, "ok"],
    [500, "ok"],
    [3_000, "fail"],
  ] as const)("compares clocks: %s ms makes %s", async (aheadMs, status) => {
    const storeClock = manualClock(NOON);
    const clock = manualClock(new Date(storeClock.now() + 500 + aheadMs));
    const store = memoryStore({ clock: storeClock, capabilities: { clock: "store" } });
    const findings = await examine({ store, bucket: "schedule", clock });
    const direction = aheadMs > 0 ? "ahead of" : "behind";
    const seconds = Math.abs(aheadMs) / 1_000;
    expect(named(findings, "clock")).toMatchObject({
      status,
      detail: `this machine is ${seconds} s ${direction} the store`,
    });
  });

  it("fails if a store that declares a clock reports no time", async () => {
    const home = testSchedule();
    const store = wrapStore(home.store, (_, call, send) => send({ ...call, onDate: undefined }));
    expect(failedIn(await examine({ ...home, store }))).toEqual(["clock"]);
    const none = testSchedule({ clock: "none" });
    expect(named(await examine(none), "clock")).toMatchObject({ status: "warn" });
  });

  it.each([
    ["2026-12-24T12:00:00.001Z", "ok", "nothing is due"],
    ["2026-12-24T11:59:29.000Z", "ok", "the oldest due event waits 31 s"],
    ["2026-12-24T11:59:00.000Z", "ok", "the oldest due event waits 1 min"],
    ["2026-12-24T11:55:00.000Z", "warn", "the oldest due event waits 5 min"],
    ["2026-12-24T10:00:00.000Z", "fail", "the oldest due event waits 2 h"],
    ["2026-12-20T12:00:00.000Z", "fail", "the oldest due event waits 4 d"],
  ] as const)("sees how long the oldest event has waited: %s", async (at, status, detail) => {
    const home = testSchedule();
    await writeByHand(home.store, "0000-not-an-event");
    await writeByHand(home.store, `${at}|out|k|id`);
    await writeByHand(home.store, "2026-12-24T11:59:59.000Z|out|k|younger");
    if (status === "ok" && detail.startsWith("nothing")) {
      await home.store.delete("schedule", [
        "keywhen/pending/2026-12-24T11:59:59.000Z|out|k|younger",
      ]);
    }
    expect(named(await examine(home), "lag")).toMatchObject({ status, detail });
  });

  it("warns of what is no event and stands before all events", async () => {
    const home = testSchedule();
    await writeByHand(home.store, "0000-not-an-event");
    expect(named(await examine(home), "lag")).toMatchObject({ status: "warn" });
  });
});
