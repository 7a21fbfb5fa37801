export {
  createSweepHandler,
  type InvocationContext,
  type SweepHandler,
  type SweepHandlerOptions,
} from "./create-sweep-handler.js";
export type { MetricsOptions } from "./report-metrics.js";
export type { SweepMode } from "./sweep-mode.js";
