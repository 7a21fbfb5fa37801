import { describe, expect, it } from "vitest";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type { SweepEvent } from "../sweep/reporting/sweep-event.js";
import { sweeperOf, type TestHome, testHome, writeByHand } from "../test-support/test-home.js";

const DUE = "2026-12-24T11:59:00.000Z";

describe("a store that can't have a lease", () => {
  const without = (): TestHome => {
    const home = testHome();
    const { store } = home;
    const capabilities = { ...store.capabilities, putIfVersion: false };
    return { ...home, store: { ...store, capabilities } };
  };

  it("is said once by a sweeper, and stands in every report", async () => {
    const home = without();
    const seen: SweepEvent[] = [];
    const sweeper = sweeperOf(home, { observe: (event) => seen.push(event) });
    for (const key of ["one", "two"]) {
      await writeByHand(home.store, `${DUE}|out|${key}|id`);
      expect(await sweeper.sweep()).toMatchObject({ delivered: 1, lease: "unsupported" });
    }
    expect(seen.filter(({ type }) => type === "lease-unsupported")).toHaveLength(1);
  });

  it("has every event looked for at its target first", async () => {
    const home = without();
    await createScheduler(home).schedule({ at: DUE, to: { bucket: "out", key: "k" } });
    expect(await sweeperOf(home).sweep()).toMatchObject({ requests: { head: 1, copy: 1 } });
  });
});
