import { createScheduler, createSweeper } from "@keywhen/core";
import { manualClock, memoryStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { reportMetrics } from "./report-metrics.js";

const NOON = "2026-12-24T12:00:00Z";
const OPTIONS = { namespace: "acme", functionName: "sweeper" };

function setUp(allowTargets: string[]) {
  const clock = manualClock(NOON);
  const home = { store: memoryStore({ clock }), bucket: "schedule", clock };
  const scheduler = createScheduler(home);
  const sweep = async () => {
    const sweeping = createSweeper({ ...home, allowTargets }).sweep();
    await clock.advance("3s");
    return reportMetrics(await sweeping, OPTIONS, clock.now());
  };
  return { clock, scheduler, sweep, store: home.store };
}

describe("reportMetrics()", () => {
  it("declares each metric to CloudWatch next to its value", async () => {
    const { clock, scheduler, sweep, store } = setUp(["out/*"]);
    await store.put(
      { bucket: "schedule", key: "keywhen/pending/1-unrecognized" },
      new Uint8Array(),
    );
    await scheduler.schedule({ at: NOON, to: { bucket: "out", key: "1" } });
    await scheduler.schedule({ at: NOON, to: { bucket: "elsewhere", key: "2" } });
    await clock.advance("5s");
    const metrics = await sweep();
    const names = ["Delivered", "Retrying", "Dead", "Unrecognized", "LatenessP99", "OldestDueAge"];
    expect(metrics).toEqual({
      _aws: {
        Timestamp: clock.now(),
        CloudWatchMetrics: [
          {
            Namespace: "acme",
            Dimensions: [["FunctionName"]],
            Metrics: names.map((Name) => ({ Name, Unit: expect.stringMatching(/^(Co|Mi|Se)/) })),
          },
        ],
      },
      FunctionName: "sweeper",
      Delivered: 1,
      Retrying: 0,
      Dead: 1,
      Unrecognized: 1,
      LatenessP99: expect.toSatisfy((ms: number) => ms >= 5_000 && ms < 6_000),
      OldestDueAge: 0,
    });
  });

  it("says how long the oldest event has waited, and no lateness where nothing was delivered", () => {
    const report = {
      outcome: "swept",
      delivered: 0,
      retrying: 1,
      dead: 0,
      unrecognized: 0,
    } as const;
    const swept = { ...report, latenessMs: undefined, oldestDueAt: new Date(NOON) };
    const metrics = reportMetrics(
      JSON.parse(JSON.stringify(swept), (name, value) =>
        name === "oldestDueAt" ? new Date(value) : value,
      ),
      OPTIONS,
      Date.parse(NOON) + 90_400,
    );
    expect(metrics).toMatchObject({ Retrying: 1, OldestDueAge: 90 });
    expect(JSON.stringify(metrics)).not.toContain("Lateness");
  });

  it("counts what expired, and wake-ups of recurring schedules, only if there are any", () => {
    const report = { outcome: "swept", delivered: 0, retrying: 0, dead: 0, unrecognized: 0 };
    const counts = { expired: 3, passedOver: 2, wakeUpsLeft: 1 };
    const none = { expired: 0, passedOver: 0, wakeUpsLeft: 0 };
    const metricsOf = (some: object) => reportMetrics({ ...report, ...some } as never, OPTIONS, 0);
    expect(metricsOf(counts)).toMatchObject({ Expired: 3, PassedOver: 2, WakeUpsLeft: 1 });
    expect(metricsOf(none)).not.toHaveProperty("Expired");
    expect(metricsOf(none)).not.toHaveProperty("PassedOver");
    expect(metricsOf(none)).not.toHaveProperty("WakeUpsLeft");
  });
});
