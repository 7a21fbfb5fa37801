import { describe, expect, it } from "vitest";
import { NOON } from "../test-support/test-schedule.js";
import { manualClock } from "../testing/manual-clock.js";
import { pendingKey } from "./plan-key.js";

const to = { bucket: "out", key: "k" };

describe("pendingKey()", () => {
  it("chooses a delivery id if the caller does not, by its clock and its random source", () => {
    const options = {
      root: "acme/jobs",
      clock: manualClock(NOON),
      random: (n: number) => new Uint8Array(n),
    };
    const { key, id } = pendingKey({ in: "1h", to }, options);
    expect(id).toMatch(/^2026-12-24T13:00:00\.000Z\|out\|k\|[0-9a-z]{12}$/);
    expect(key).toBe(`acme/jobs/pending/${id}`);
    expect(pendingKey({ in: "1h", to }, options).id).toBe(id);
    expect(pendingKey({ in: "1h", to }).id).not.toBe(pendingKey({ in: "1h", to }).id);
  });
});
