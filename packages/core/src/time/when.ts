import type { Clock } from "../clock.js";
import { showValue } from "../input/show-value.js";
import { KeywhenError } from "../keywhen-error.js";
import { type Duration, durationMs } from "./duration.js";
import { FIRST_INSTANT_MS, LAST_INSTANT_MS } from "./instant.js";
import { isDate, type Moment, momentMs } from "./moment.js";

/**
 * When an event is due: at an instant, or after a duration from now by this machine's clock. An instant in the past is
 * allowed: the event is due immediately.
 */
export type When =
  | { readonly at: Moment; readonly in?: undefined }
  | { readonly in: Duration; readonly at?: undefined };

/** The due instant in epoch milliseconds; throws `invalid-time` or `invalid-duration`. */
export function whenMs(when: When, clock: Clock): number {
  if (typeof when !== "object" || when === null || isDate(when)) {
    throw new KeywhenError(
      "invalid-time",
      `The time must be { at } or { in } (got ${showValue(when)}).`,
    );
  }
  if (when.at !== undefined && when.in !== undefined) {
    throw new KeywhenError("invalid-time", "An event has at or in, not both: leave one out.");
  }
  if (when.at !== undefined) return momentMs(when.at);
  if (when.in === undefined) {
    throw new KeywhenError(
      "invalid-time",
      'When is it due? Give at, like "2026-12-24T09:00+01:00", or in, like "10m".',
    );
  }
  const atMs = Math.ceil(clock.now() + durationMs(when.in));
  if (atMs < FIRST_INSTANT_MS || atMs > LAST_INSTANT_MS) {
    throw new KeywhenError(
      "invalid-time",
      `in ${when.in} is after the year 9999, the latest that is supported.`,
    );
  }
  return atMs;
}
