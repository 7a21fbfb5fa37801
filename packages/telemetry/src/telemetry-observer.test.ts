import { createScheduler, createSweeper, eventId } from "@keywhen/core";
import { ObjectStoreError } from "@keywhen/core/store";
import { faultyStore, manualClock, memoryStore } from "@keywhen/core/testing";
import { SpanStatusCode } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { telemetryObserver } from "./telemetry-observer.js";

let exported: InMemoryMetricExporter;
let spans: InMemorySpanExporter;
let meterProvider: MeterProvider;
let tracerProvider: BasicTracerProvider;
beforeEach(() => {
  exported = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  spans = new InMemorySpanExporter();
  const reader = new PeriodicExportingMetricReader({ exporter: exported });
  meterProvider = new MeterProvider({ readers: [reader] });
  tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
});
afterEach(async () => {
  await meterProvider.shutdown();
  await tracerProvider.shutdown();
});

/** Every data point by its metric's name. */
async function metricsByName() {
  await meterProvider.forceFlush();
  const scopes = exported.getMetrics().at(-1)?.scopeMetrics ?? [];
  const all = scopes.flatMap(({ metrics }) => metrics);
  return Object.fromEntries(
    all.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints.map(({ value, attributes }) => ({ value, attributes })),
    ]),
  );
}

/** Two due events, a failing one among them, and one for a target that isn't allowed; a sweeper with the observer. */
async function openSchedule() {
  const clock = manualClock("2026-12-24T08:00Z");
  const failure = { code: undefined as "unavailable" | "denied" | undefined };
  const memory = memoryStore({ clock });
  const store = faultyStore(memory, {
    before({ kind, bucket, key }) {
      const isHit = key === "fails" || (failure.code !== undefined && kind === "list");
      if (!isHit) return undefined;
      const code = failure.code ?? "no-such-bucket";
      return new ObjectStoreError({ code, operation: kind, bucket, key, message: "no" });
    },
  });
  const home = { store, bucket: "schedule", clock };
  const scheduler = createScheduler({ ...home, store: memory });
  for (const to of [
    { bucket: "out", key: "arrives" },
    { bucket: "out", key: "fails" },
    { bucket: "wrong", key: "dies" },
  ]) {
    await scheduler.schedule({ in: "10s", to });
  }
  await clock.advance("12s");
  const observe = telemetryObserver({ meterProvider, tracerProvider, clock });
  return { clock, failure, sweeper: createSweeper({ ...home, allowTargets: ["out/*"], observe }) };
}

describe("telemetryObserver()", () => {
  it("counts deliveries with their lateness, failed tries, dead letters and requests", async () => {
    const { sweeper } = await openSchedule();
    const report = await sweeper.sweep();
    expect(report).toMatchObject({ delivered: 1, retrying: 1, dead: 1 });
    const metrics = await metricsByName();
    expect(metrics).toMatchObject({
      "keywhen.delivered": [{ value: 1 }],
      "keywhen.delivery.lateness": [{ value: { count: 1, min: 2, max: 2 } }],
      "keywhen.failed": [{ value: 1, attributes: { "error.type": "no-such-bucket" } }],
      "keywhen.dead": [{ value: 1, attributes: { "keywhen.reason": "target-not-allowed" } }],
      "keywhen.sweeps": [{ value: 1, attributes: { "keywhen.outcome": "swept" } }],
    });
    expect(metrics["keywhen.requests"]).toContainEqual({
      value: report.requests.list,
      attributes: { "keywhen.request.kind": "list" },
    });
  });

  it("counts what expired, and wake-ups of recurring schedules that are passed over or left", async () => {
    const observe = telemetryObserver({ meterProvider, tracerProvider });
    const to = { bucket: "out", key: "k" };
    const id = eventId({ at: "2026-12-24T08:00Z", to, deliveryId: "daily@2026-12-24T09:00" });
    observe({ type: "expired", id, expiredAt: new Date(0), message: "too late" });
    observe({ type: "passed-over", id });
    observe({ type: "wake-up-left", id });
    observe({ type: "wake-up-left", id });
    expect(await metricsByName()).toMatchObject({
      "keywhen.expired": [{ value: 1 }],
      "keywhen.passed_over": [{ value: 1 }],
      "keywhen.wake_ups_left": [{ value: 2 }],
    });
  });

  it("reports how long the oldest due event has waited", async () => {
    const { sweeper, clock } = await openSchedule();
    expect((await metricsByName())["keywhen.oldest_due.age"]).toBeUndefined();
    await sweeper.sweep();
    await clock.advance("1m");
    expect((await metricsByName())["keywhen.oldest_due.age"]).toMatchObject([{ value: 62 }]);
  });

  it("makes a span of each sweep, with what it did", async () => {
    const { sweeper } = await openSchedule();
    const report = await sweeper.sweep();
    const [span] = spans.getFinishedSpans();
    expect(report).not.toHaveProperty("observerError");
    expect(span).toMatchObject({ name: "keywhen sweep", status: { code: SpanStatusCode.UNSET } });
    expect(span?.attributes).toMatchObject({
      "keywhen.outcome": "swept",
      "keywhen.due": 3,
      "keywhen.delivered": 1,
      "keywhen.retrying": 1,
      "keywhen.dead": 1,
      "keywhen.expired": 0,
    });
  });

  it("makes an error of a sweep that was not possible", async () => {
    const { sweeper, failure } = await openSchedule();
    failure.code = "denied";
    await expect(sweeper.sweep()).rejects.toMatchObject({ code: "denied" });
    const [span] = spans.getFinishedSpans();
    expect(span?.status).toEqual({
      code: SpanStatusCode.ERROR,
      message: expect.stringMatching(/: no$/),
    });
    expect((await metricsByName())["keywhen.sweeps"]).toEqual([
      { value: 1, attributes: { "keywhen.outcome": "failed" } },
    ]);
  });
});
