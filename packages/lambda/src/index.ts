export {
  createSweepHandler,
  type InvocationContext,
  type SweepHandler,
  type SweepHandlerOptions,
} from "./create-sweep-handler.js";
