import type { Observer } from "@keywhen/core";
import { type Clock, systemClock } from "@keywhen/core/internal";
import { type MeterProvider, metrics, type TracerProvider, trace } from "@opentelemetry/api";
import { meteringObserver } from "./metering-observer.js";
import { tracingObserver } from "./tracing-observer.js";

export interface TelemetryOptions {
  /** @default the global one */
  readonly meterProvider?: MeterProvider | undefined;
  /** @default the global one */
  readonly tracerProvider?: TracerProvider | undefined;
  /** The sweeper's. @default this machine's clock */
  readonly clock?: Clock | undefined;
}

const SCOPE = "@keywhen/telemetry";

/**
 * An observer for a sweeper that feeds OpenTelemetry: `keywhen.*` metrics, and a span for each sweep. One serves a
 * process; it sends nothing itself, and without an SDK it does nothing.
 */
export function telemetryObserver(options: TelemetryOptions = {}): Observer {
  const { meterProvider = metrics, tracerProvider = trace, clock = systemClock } = options;
  const observeMetrics = meteringObserver(meterProvider.getMeter(SCOPE), clock);
  const observeSpans = tracingObserver(tracerProvider.getTracer(SCOPE), clock);
  return (event) => {
    observeMetrics(event);
    observeSpans(event);
  };
}
