// Small versions of the runs of main.ts.
import { describe, expect, it } from "vitest";
import { expectGood } from "./expect-good.js";
import { openFileBed } from "./file-bed.js";
import { fourSweepers } from "./four-sweepers.js";
import { isOdd, killSweepers } from "./kill-sweepers.js";

const SEED = 2;

describe("on files", () => {
  it("neither loses nor repeats an event when sweepers are killed", async () => {
    await using bed = await openFileBed({ isConsumed: isOdd });
    const verdict = await killSweepers(bed, { kills: 10, seed: SEED, backlog: 15 });
    expectGood(verdict, 100);
    expect(verdict).toMatchObject({ duplicated: 0, faults: 10 });
  });

  it("delivers nothing twice while four sweepers run", async () => {
    await using bed = await openFileBed();
    const verdict = await fourSweepers(bed, { events: 200 });
    expectGood(verdict, 199);
    expect(verdict.duplicated).toBe(0);
  });
});
