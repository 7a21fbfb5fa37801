import type { IncidentPlan } from "../plan.js";
import type { Process } from "./process.js";

/** Kills or freezes a process. */
export function befall({ kind, forMs }: IncidentPlan, process: Process): void {
  if (kind === "crash") process.crash();
  else process.freeze(forMs, kind === "suspend");
}
