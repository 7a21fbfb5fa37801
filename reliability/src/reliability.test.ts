// The small versions of what `npm run reliability` does at length.
import { withCeph } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { openCephBed } from "./ceph-bed.js";
import { faultyNetwork } from "./faulty-network.js";
import { openFileBed } from "./file-bed.js";
import { fourSweepers } from "./four-sweepers.js";
import { isOdd, killSweepers } from "./kill-sweepers.js";
import { restartServer } from "./restart-server.js";

const SEED = 2;

withCeph(describe)("on a Ceph gateway", () => {
  it("no event is lost when sweepers are killed", async () => {
    await using bed = await openCephBed({ isConsumed: isOdd });
    const verdict = await killSweepers(bed, { kills: 10, seed: SEED, backlog: 20 });
    expect(verdict).toMatchObject({ lost: 0, faults: 10 });
    expect(verdict.scheduled).toBeGreaterThanOrEqual(10 * 20);
  });

  it("nothing arrives twice while four sweepers run", async () => {
    await using bed = await openCephBed();
    const verdict = await fourSweepers(bed, { events: 300 });
    expect(verdict).toMatchObject({ scheduled: 300, delivered: 300, duplicated: 0 });
  });

  it("no event is lost when the server dies and comes back", async () => {
    await using bed = await openCephBed({ isConsumed: () => false });
    const verdict = await restartServer(bed, { events: 300, outages: 1, seed: SEED });
    expect(verdict).toMatchObject({ lost: 0, faults: 1 });
    expect(verdict.scheduled).toBeGreaterThan(150);
  });

  it("what schedule and cancel say is true through any fault of the network", async () => {
    await using bed = await openCephBed();
    const verdicts = await faultyNetwork(bed, { events: 12, seed: SEED });
    for (const verdict of verdicts) expect(verdict).toMatchObject({ lost: 0 });
    const faults = verdicts.reduce((sum, verdict) => sum + verdict.faults, 0);
    expect(faults).toBeGreaterThan(100);
  });
});

describe("on files", () => {
  it("no event is lost and none arrives twice when sweepers are killed", async () => {
    await using bed = await openFileBed({ isConsumed: isOdd });
    const verdict = await killSweepers(bed, { kills: 10, seed: SEED, backlog: 20 });
    expect(verdict).toMatchObject({ lost: 0, duplicated: 0, faults: 10 });
    expect(verdict.scheduled).toBeGreaterThanOrEqual(10 * 20);
  });

  it("nothing arrives twice while four sweepers run", async () => {
    await using bed = await openFileBed();
    const verdict = await fourSweepers(bed, { events: 300 });
    expect(verdict).toMatchObject({ scheduled: 300, delivered: 300, duplicated: 0 });
  });
});
