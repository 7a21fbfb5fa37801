// As a user's `--import ./otel.mjs`: an SDK for the whole process, which writes what it received to $OTEL_FILE.
import { writeFileSync } from "node:fs";
import { metrics, trace } from "@opentelemetry/api";
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

const exported = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const spans = new InMemorySpanExporter();
const reader = new PeriodicExportingMetricReader({ exporter: exported });
const meterProvider = new MeterProvider({ readers: [reader] });
metrics.setGlobalMeterProvider(meterProvider);
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
);
process.once("beforeExit", async () => {
  await meterProvider.forceFlush();
  const all = (exported.getMetrics().at(-1)?.scopeMetrics ?? []).flatMap((scope) => scope.metrics);
  const points = all.map(({ descriptor, dataPoints }) => [
    descriptor.name,
    dataPoints.map(({ value }) => value),
  ]);
  const names = spans.getFinishedSpans().map(({ name }) => name);
  writeFileSync(
    process.env.OTEL_FILE,
    JSON.stringify({ metrics: Object.fromEntries(points), spans: names }),
  );
});
