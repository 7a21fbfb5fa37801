import type { Observer } from "@keywhen/core";
import { importPackage, installHint, UsageError } from "@keywhen/host";

/** Where `@opentelemetry/api` keeps what an SDK has registered, for every copy of it in the process. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/**
 * What tells OpenTelemetry of sweeps, if an SDK is registered in this process (`node --import`); else nothing is loaded.
 * `isWanted`: somebody asked for it, so what is missing for it is an error; otherwise it is noted.
 */
export async function openTelemetry(
  isWanted: boolean,
  note: (text: string) => void,
): Promise<Observer | undefined> {
  if (!isSdkRegistered()) {
    if (!isWanted) return undefined;
    throw new UsageError(
      "No OpenTelemetry SDK is registered.",
      `Name a file that starts one: NODE_OPTIONS="--import ./otel.mjs" keywhen run --telemetry.`,
    );
  }
  const observer = await loadObserver();
  if (observer !== undefined) return observer;
  const missing = "OpenTelemetry hears nothing: @keywhen/telemetry is not installed.";
  const remedy = installHint("@keywhen/telemetry", "@opentelemetry/api");
  if (isWanted) throw new UsageError(missing, remedy);
  note(`${missing} ${remedy}`);
  return undefined;
}

function isSdkRegistered(): boolean {
  const registered: unknown = Reflect.get(globalThis, REGISTERED);
  if (typeof registered !== "object" || registered === null) return false;
  return "metrics" in registered || "trace" in registered;
}

/** Brought by whoever uses it, like the adapters; `undefined` if it, or the API that it needs, is not there. */
async function loadObserver(): Promise<Observer | undefined> {
  const telemetry = await importPackage("@keywhen/telemetry");
  return isTelemetry(telemetry) ? telemetry.telemetryObserver() : undefined;
}

function isTelemetry(module: unknown): module is { readonly telemetryObserver: () => Observer } {
  if (typeof module !== "object" || module === null) return false;
  return "telemetryObserver" in module && typeof module.telemetryObserver === "function";
}
