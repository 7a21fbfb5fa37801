// Small versions of the run of main.ts.
import { withCeph } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { openCephBed } from "../ceph-bed.js";
import { openFileBed } from "../file-bed.js";
import type { TestBed } from "../test-bed.js";
import { raceNames } from "./race-names.js";

/** Each kill may hold up the name until the lock of the killed caller has ended. */
const LIMIT_MS = 300_000;

async function expectOne(bed: TestBed): Promise<void> {
  const { broken, scheduled, faults } = await raceNames(bed, { puts: 80, kills: 4, seed: 2 });
  expect(broken).toEqual([]);
  expect(scheduled).toBeGreaterThan(40);
  expect(faults).toBe(4);
}

describe.concurrent("callers of one name in four processes that are killed", () => {
  it("leave one event, of a put that was last, on files", { timeout: LIMIT_MS }, async () => {
    await using bed = await openFileBed();
    await expectOne(bed);
  });

  withCeph(it)(
    "leave one event, of a put that was last, on a Ceph gateway",
    { timeout: LIMIT_MS },
    async () => {
      await using bed = await openCephBed();
      await expectOne(bed);
    },
  );
});
