import type { Observer } from "@keywhen/core";
import { importPackage, installHint, UsageError } from "@keywhen/host";

/** The global symbol where every copy of `@opentelemetry/api` in a process keeps what an SDK has registered. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/**
 * Returns an observer that reports sweeps to OpenTelemetry, if an SDK is registered in this process (`node --import`).
 * Otherwise nothing is loaded. A missing part is an error if telemetry is required, and a note if it is not.
 */
export async function openTelemetry(
  isRequired: boolean,
  note: (text: string) => void,
): Promise<Observer | undefined> {
  if (!isSdkRegistered()) {
    if (!isRequired) return undefined;
    throw new UsageError(
      "--telemetry is given, but no OpenTelemetry SDK is registered.",
      `Import a file that starts one: NODE_OPTIONS="--import ./otel.mjs" keywhen run --telemetry.`,
    );
  }
  const observer = await loadObserver();
  if (observer !== undefined) return observer;
  const missing = "Nothing is reported to OpenTelemetry: @keywhen/telemetry is not installed.";
  const remedy = installHint("@keywhen/telemetry", "@opentelemetry/api");
  if (isRequired) throw new UsageError(missing, remedy);
  note(`${missing} ${remedy}`);
  return undefined;
}

function isSdkRegistered(): boolean {
  const registered: unknown = Reflect.get(globalThis, REGISTERED);
  if (typeof registered !== "object" || registered === null) return false;
  return "metrics" in registered || "trace" in registered;
}

/** Users install the package, like the adapters. Returns `undefined` if it, or the API that it needs, is missing. */
async function loadObserver(): Promise<Observer | undefined> {
  const telemetry = await importPackage("@keywhen/telemetry");
  return isTelemetry(telemetry) ? telemetry.telemetryObserver() : undefined;
}

function isTelemetry(module: unknown): module is { readonly telemetryObserver: () => Observer } {
  if (typeof module !== "object" || module === null) return false;
  return "telemetryObserver" in module && typeof module.telemetryObserver === "function";
}
