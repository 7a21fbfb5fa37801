import type { SweptReport } from "@keywhen/core/internal";
import { describe, expect, it } from "vitest";
import { SWEPT } from "../testing/reports.js";
import { newRunState, observeRun, waitingAfterFailure } from "./run-state.js";

describe("waitingAfterFailure()", () => {
  it("adds up the last sweeps of all shards, unless another sweeper is at work", () => {
    const state = newRunState();
    const sweep = (report: Partial<SweptReport>) =>
      observeRun(state, { type: "swept", report: { ...SWEPT, ...report } });
    sweep({ shard: "1of2", retrying: 9 });
    sweep({ shard: "1of2", retrying: 1, blocked: 2 });
    sweep({ shard: "2of2", undecided: 4, dead: 8 });
    expect(waitingAfterFailure(state)).toBe(7);
    state.heldBy = "other";
    expect(waitingAfterFailure(state)).toBe(0);
  });
});
