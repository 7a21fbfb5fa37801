const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `0:07`, `59:12`, `3:04:09`, `12 d 4 h`: what is left, rounded up to the second, so that 0:00 means due. */
export function countdown(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / SECOND_MS));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3_600);
  if (days > 0) return `${days} d ${hours} h`;
  const minutes = Math.floor((seconds % 3_600) / 60);
  const rest = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** `3 ms`, `1.4 s`, `12 min`, `3 h`, `5 days`: one figure with its unit. */
export function span(ms: number): string {
  const size = Math.abs(ms);
  if (size < SECOND_MS) return `${Math.round(ms)} ms`;
  if (size < MINUTE_MS) return `${trimmed(ms / SECOND_MS)} s`;
  if (size < HOUR_MS) return `${trimmed(ms / MINUTE_MS)} min`;
  if (size < DAY_MS) return `${trimmed(ms / HOUR_MS)} h`;
  const days = trimmed(ms / DAY_MS);
  return days === "1" ? "1 day" : `${days} days`;
}

/** `in 12 min`, `3 s ago`, `now` */
export function fromNow(atMs: number, nowMs: number): string {
  const leftMs = atMs - nowMs;
  if (Math.abs(leftMs) < SECOND_MS) return "now";
  const whole = span(Math.round(Math.abs(leftMs) / SECOND_MS) * SECOND_MS);
  return leftMs > 0 ? `in ${whole}` : `${whole} ago`;
}

function trimmed(value: number): string {
  return Number(value.toFixed(Math.abs(value) < 10 ? 1 : 0)).toString();
}
