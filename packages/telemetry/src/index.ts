export { type TelemetryOptions, telemetryObserver } from "./telemetry-observer.js";
