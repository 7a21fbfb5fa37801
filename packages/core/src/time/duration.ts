import { KeywhenError } from "../errors.js";
import { showValue } from "../input/show-value.js";

/** A span of time: `"250ms"`, `"30s"`, `"10m"` (minutes), `"1.5h"`, `"7d"` (of 24 hours). No bare numbers, no months. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/;
const AMOUNT = /^[\d.]+/;

/** Checks a duration that comes from outside; throws `invalid-duration` with how to write it. */
export function parseDuration(text: string): Duration {
  if (!isDuration(text)) {
    throw new KeywhenError("invalid-duration", `${problemOf(text)} ${HOW_TO_WRITE}`);
  }
  return text;
}

/** A duration in milliseconds, rounded up to whole ones. */
export function durationMs(duration: Duration): number {
  const checked = parseDuration(duration);
  const unit = checked.replace(AMOUNT, "") as keyof typeof UNIT_MS;
  return Math.ceil(Number.parseFloat(checked) * UNIT_MS[unit]);
}

function isDuration(text: unknown): text is Duration {
  return typeof text === "string" && DURATION.test(text);
}

const HOW_TO_WRITE =
  "Write a number and a unit (ms, s, m for minutes, h, d), for example 90s or 1.5h.";

function problemOf(given: unknown): string {
  if (typeof given === "number" || typeof given === "bigint") {
    return `${given} is a number without a unit, not a duration; milliseconds are "${given}ms".`;
  }
  if (typeof given === "string" && /^-?P[\dT]/i.test(given)) {
    return `${showValue(given)} is an ISO 8601 duration, which is not supported.`;
  }
  return `${showValue(given)} is not a duration.`;
}
