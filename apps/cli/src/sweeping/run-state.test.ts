import { eventId } from "@keywhen/core";
import type { SweptReport } from "@keywhen/core/internal";
import { describe, expect, it } from "vitest";
import { SWEPT } from "../testing/reports.js";
import { newRunState, observeRun, waitingAfterFailure } from "./run-state.js";

describe("observeRun()", () => {
  it("counts expired events among the dead letters", () => {
    const state = newRunState();
    const to = { bucket: "hooks", key: "42.json" };
    const id = eventId({ at: "2026-12-24T09:00Z", to, deliveryId: "k3v9q2m8x1ap" });
    observeRun(state, { type: "expired", id, expiredAt: new Date(0), message: "too late" });
    expect(state.dead).toBe(1);
  });
});

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
