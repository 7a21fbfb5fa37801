import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../store/object-store.js";
import { passing, slowed } from "../test-support/sweeps.js";
import { keysOf, sweeperOf, testSchedule, writeByHand } from "../test-support/test-schedule.js";
import { recordingStore } from "../testing/faulty-store.js";

const AHEAD = { lookAhead: "1m" } as const;
const iso = (time: string) => `2026-12-24T${time}Z`;

describe("a clock that is set while a sweep looks ahead", () => {
  it("forward: delivers nothing early, and stops at the next answer", async () => {
    const home = testSchedule();
    await writeByHand(home.store, `${iso("12:00:30.000")}|out|k|id`);
    await writeByHand(home.store, `${iso("12:00:10.000")}|out|first|id`);
    const wrong = { offsetMs: 0 };
    const clock = { ...home.clock, now: () => home.clock.now() + wrong.offsetMs };
    const sweeping = sweeperOf({ ...home, clock }).sweep(AHEAD);
    await home.clock.advance("7s");
    wrong.offsetMs = 3_600_000;
    await home.clock.advance("10s");
    const report = await sweeping;
    expect(report.truncated).toMatch(/^(?:clock-skew|lease-lost)$/);
    expect(await keysOf(home.store, "out")).toEqual([]);
  });

  it("back: stops, so that another one delivers in time", async () => {
    const home = testSchedule();
    await writeByHand(home.store, `${iso("12:00:30.000")}|out|k|id`);
    const wrong = { offsetMs: 0 };
    const clock = { ...home.clock, now: () => home.clock.now() + wrong.offsetMs };
    const sweeping = sweeperOf({ ...home, clock }).sweep(AHEAD);
    await home.clock.advance("7s");
    wrong.offsetMs = -3_600_000;
    await home.clock.advance("10s");
    expect(await sweeping).toMatchObject({ truncated: "clock-skew", delivered: 0 });
    const other = sweeperOf(home).sweep(AHEAD);
    await home.clock.advance("2m");
    expect(await other).toMatchObject({ delivered: 1, latenessMs: { max: 0 } });
  });
});

describe("a clock that is wrong from the start", () => {
  it("is reported by the difference that ended the sweep, though a later answer shows less", async () => {
    const home = testSchedule();
    await home.clock.advance("100ms"); // off the full second, so that times are exact
    await writeByHand(home.store, `${iso("12:00:00.000")}|out|k|id`);
    const behindMs = { list: 1_600, later: 695 };
    const dated =
      (ms: number) =>
      <Call extends { onDate?: ((date: Date) => void) | undefined }>(call: Call | undefined) => ({
        ...call,
        onDate: () => call?.onDate?.(new Date(home.clock.now() - ms)),
      });
    const store: ObjectStore = {
      ...home.store,
      list: (page, call) => home.store.list(page, dated(behindMs.list)(call)),
      get: (ref, call) => home.store.get(ref, dated(behindMs.later)(call)),
    };
    expect(await passing(home, "6s", sweeperOf({ ...home, store }).sweep(AHEAD))).toMatchObject({
      truncated: "clock-skew",
      skewMs: 1_600,
    });
  });

  it("delivers nothing that is due now, and takes no lease", async () => {
    const home = testSchedule();
    await writeByHand(home.store, `${iso("11:59:00.000")}|out|k|id`);
    const clock = { ...home.clock, now: () => home.clock.now() + 30_000 };
    const report = await sweeperOf({ ...home, clock }).sweep();
    expect(report).toMatchObject({ truncated: "clock-skew", delivered: 0, lease: "none" });
  });

  it("takes no lease, which would only keep others out", async () => {
    const home = testSchedule();
    const requests: string[] = [];
    const store = recordingStore(home.store, ({ kind }) => requests.push(kind));
    const clock = { ...home.clock, now: () => home.clock.now() + 30_000 };
    const report = await sweeperOf({ ...home, store, clock }).sweep(AHEAD);
    expect(report).toMatchObject({ truncated: "clock-skew", lease: "none" });
    expect(requests).toEqual(["get", "get"]); // the shard map and the lease
  });
});

describe("a clock that is ahead, which a slow listing hides", () => {
  it("delivers nothing early once a quicker answer shows it", async () => {
    const home = testSchedule();
    await writeByHand(home.store, `${iso("12:00:12.000")}|out|k|id`);
    const noLease = { ...home.store.capabilities, putIfAbsent: false, putIfVersion: false };
    const { store: slow } = slowed(home, "list", 8_400);
    const store = { ...slow, capabilities: noLease };
    const clock = { ...home.clock, now: () => home.clock.now() + 5_000 };
    const sweeping = sweeperOf({ ...home, store, clock }).sweep(AHEAD);
    await home.clock.advance("9s");
    expect(await keysOf(home.store, "out")).toEqual([]);
    await home.clock.advance("5s");
    expect(await sweeping).toMatchObject({ truncated: "clock-skew", delivered: 0 });
  });
});

describe("a clock that is wrong while nothing is due", () => {
  it("ends the sweep all the same, so that no other sweeper waits for it", async () => {
    const home = testSchedule();
    const wrong = { offsetMs: 0 };
    const clock = { ...home.clock, now: () => home.clock.now() + wrong.offsetMs };
    const sweeping = sweeperOf({ ...home, clock }).sweep(AHEAD);
    await home.clock.advance("7s");
    wrong.offsetMs = -3_600_000;
    await home.clock.advance("10s");
    expect(await sweeping).toMatchObject({ truncated: "clock-skew" });
  });
});
