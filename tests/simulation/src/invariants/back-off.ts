import type { Activity } from "../activity.js";
import type { View } from "./watcher.js";

const MINUTE_MS = 60_000;
/** After these an hour each. By hand and not by the core, which is what is on trial. */
const FIRST_STEPS_MINUTES = [0, 1, 3, 7, 15, 31, 63];
/** A listing is dated to the second, and up to 2 s before it was read. */
const DATE_ERROR_MS = 3_000;

/** Whether no step of an event's back-off was due when a sweep listed it. */
export function backsOff(
  { leases }: View,
  activity: Activity,
  key: string,
  sinceMs: number,
  listedMs = Number.NEGATIVE_INFINITY,
): boolean {
  const { sweptThroughMs = Number.NEGATIVE_INFINITY } = leases.of(key).knownTo(activity) ?? {};
  if (sinceMs > sweptThroughMs) return false;
  return stepsBy(listedMs - DATE_ERROR_MS - sinceMs) <= stepsBy(sweptThroughMs - sinceMs);
}

function stepsBy(ageMs: number): number {
  const minutes = ageMs / MINUTE_MS;
  const hours = Math.max(0, Math.floor((minutes - 63) / 60));
  return FIRST_STEPS_MINUTES.filter((step) => step <= minutes).length + hours;
}
