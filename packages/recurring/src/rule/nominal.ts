import { formatInstant } from "@keywhen/core/internal";

const NOMINAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d\.\d{3}Z)?$/;

/** The nominal time of a fixed time, from a wall-clock time in milliseconds as if it were UTC. */
export function nominalOfWall(wallMs: number): string {
  return formatInstant(wallMs).slice(0, "2026-12-24T09:00".length);
}

/** The instant or wall-clock time that a nominal time writes, in milliseconds; `undefined` for any other text. */
export function nominalMs(nominal: string | undefined): number | undefined {
  const match = nominal === undefined ? null : NOMINAL.exec(nominal);
  if (match === null) return undefined;
  const ms = Date.parse(match[1] === undefined ? `${nominal}Z` : match[0]);
  return Number.isNaN(ms) ? undefined : ms;
}
