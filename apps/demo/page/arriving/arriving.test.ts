import { describe, expect, it } from "vitest";
import type { Delivery } from "../../src/api/events.js";
import { latenessOf, perMinute } from "./arrivals.js";

const delivery = (second: number, latenessMs: number, by: Delivery["by"] = "here"): Delivery => ({
  id: `${second}`,
  at: new Date(second * 1_000 - latenessMs).toISOString(),
  deliveredAt: new Date(second * 1_000).toISOString(),
  to: { bucket: "b", key: "k" },
  size: 0,
  latenessMs,
  by,
});

describe("latenessOf()", () => {
  it("ignores deliveries by other sweepers, whose times may be whole seconds", () => {
    const all = [delivery(1, 5), delivery(2, 900, "elsewhere"), delivery(3, 1), delivery(4, 3)];
    expect(latenessOf(all)).toEqual({ median: 3, p99: 5, max: 5 });
  });

  it("is undefined before the first delivery", () => {
    expect(latenessOf([])).toBeUndefined();
  });
});

describe("perMinute()", () => {
  it("counts the last minutes, including empty ones", () => {
    const all = [delivery(61, 0), delivery(62, 0), delivery(190, 0), delivery(1, 0)];
    expect(perMinute(all, 3, 3)).toEqual([
      [60, 120, 180],
      [2, 0, 1],
    ]);
  });
});
