// Small versions of the run of main.ts.
import { withCeph } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { openCephBed } from "../ceph-bed.js";
import { expectGood } from "../expect-good.js";
import { openFileBed } from "../file-bed.js";
import { isOdd } from "../kill-sweepers.js";
import type { TestBed } from "../test-bed.js";
import { killRecurring } from "./kill-recurring.js";

async function expectAccounted(bed: TestBed): Promise<void> {
  const options = { schedules: 6, everyMs: 6_000, forMs: 20_000, seed: 2, isConsumed: isOdd };
  const verdict = await killRecurring(bed, options);
  expectGood(verdict, 8);
  expect(verdict.delivered).toBeGreaterThan(4);
  expect(verdict.faults).toBeGreaterThan(0);
}

describe.concurrent("recurring schedules whose sweepers are killed", () => {
  it("go on without a silent gap or an unexplained repeat, on files", async () => {
    await using bed = await openFileBed({ isConsumed: isOdd });
    await expectAccounted(bed);
  });

  withCeph(it)(
    "go on without a silent gap or an unexplained repeat, on a Ceph gateway",
    async () => {
      await using bed = await openCephBed({ isConsumed: isOdd });
      await expectAccounted(bed);
    },
  );
});
