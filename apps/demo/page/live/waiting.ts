import type { WaitingEvent } from "../../src/api/events.js";

/** A waiting event on the page, with its instant as a number and its text for searches. */
export interface Waiting {
  readonly id: string;
  readonly atMs: number;
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly writtenAtMs: number;
  /** Target, id and local time, in lower case. */
  readonly searched: string;
}

export function toWaiting(event: WaitingEvent): Waiting {
  const atMs = Date.parse(event.at);
  const { bucket, key } = event.to;
  return {
    id: event.id,
    atMs,
    bucket,
    key,
    size: event.size,
    writtenAtMs: Date.parse(event.writtenAt),
    searched: `${bucket}/${key} ${event.id} ${localTime(new Date(atMs))}`.toLowerCase(),
  };
}

/** Returns `2026-12-24 09:00:05`. `Intl` is too slow for thousands of events. */
function localTime(at: Date): string {
  const date = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(twoDigits).join("-");
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(":")}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
