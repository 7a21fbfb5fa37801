// Small versions of the runs of main.ts.
import { withCeph } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { openCephBed, openRestartableBed } from "./ceph-bed.js";
import { expectGood } from "./expect-good.js";
import { faultyNetwork } from "./faulty-network.js";
import { fourSweepers } from "./four-sweepers.js";
import { isOdd, killSweepers } from "./kill-sweepers.js";
import { restartServer } from "./restart-server.js";

const SEED = 2;

withCeph(describe)("on a Ceph gateway", () => {
  it("loses no event when sweepers are killed", async () => {
    await using bed = await openCephBed({ isConsumed: isOdd });
    const verdict = await killSweepers(bed, { kills: 10, seed: SEED, backlog: 15 });
    expectGood(verdict, 100);
    expect(verdict.faults).toBe(10);
  });

  it("delivers nothing twice while four sweepers run", async () => {
    await using bed = await openCephBed();
    const verdict = await fourSweepers(bed, { events: 200 });
    expectGood(verdict, 150);
    expect(verdict.duplicated).toBe(0);
  });

  it("delivers nothing twice while four sweepers share eight shards", async () => {
    await using bed = await openCephBed();
    const verdict = await fourSweepers(bed, { events: 200, shards: 8 });
    expectGood(verdict, 150);
    expect(verdict.duplicated).toBe(0);
  });

  it("loses no event when the server dies and comes back", async () => {
    await using bed = await openRestartableBed({ isConsumed: () => false });
    expectGood(await restartServer(bed, { events: 200, outages: 1, seed: SEED }), 80);
  });

  it.each([
    ["the fast lane", true],
    ["the SDK", false],
  ])("keeps its promises through any fault of the network, by %s", async (_, fastLane) => {
    await using bed = await openCephBed({ fastLane });
    // Those whose events need not wait out a back-off.
    const kinds = ["latency", "reset-after", "answer-500-after", "answer-503-before"];
    const verdicts = await faultyNetwork(bed, { events: 18, seed: SEED, kinds });
    for (const verdict of verdicts) {
      expectGood(verdict, 5);
      expect(verdict.faults).toBeGreaterThan(5);
    }
  });
});
