// Small versions of the run of main.ts.
import { withCeph } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { openCephBed } from "../ceph-bed.js";
import { expectGood } from "../expect-good.js";
import { openFileBed } from "../file-bed.js";
import type { TestBed } from "../test-bed.js";
import { killWebhooks } from "./kill-webhooks.js";

/** An event that meets a dead receiver is tried again after a minute, or after three. */
const LIMIT_MS = 300_000;

async function expectDelivered(bed: TestBed): Promise<void> {
  const verdict = await killWebhooks(bed, { events: 200, backlog: 20, seed: 2 });
  expectGood(verdict, 150);
  expect(verdict.faults).toBeGreaterThanOrEqual(4); // each sweeper at least
}

describe.concurrent("webhooks whose sweepers and receivers are killed", () => {
  it("all arrive, and repeats are explained and signed, from files", {
    timeout: LIMIT_MS,
  }, async () => {
    await using bed = await openFileBed();
    await expectDelivered(bed);
  });

  withCeph(it)(
    "all arrive, and repeats are explained and signed, from a Ceph gateway",
    { timeout: LIMIT_MS },
    async () => {
      await using bed = await openCephBed();
      await expectDelivered(bed);
    },
  );
});
