import { CronDate } from "croner";

/** The wall clock of a time zone. A wall-clock time is written in milliseconds, as if it were UTC. */
export interface ZoneClock {
  /** What the clock shows at an instant, in whole seconds. */
  wallMs(atMs: number): number;
  /** The first instant at which the clock shows a time or, if a change of the clocks skips it, the end of the gap. */
  firstInstantMs(wallMs: number): number;
}

/** No zone has moved its clock further than this in one step: Samoa left out a day in 2011. */
const LARGEST_CHANGE_MS = 24 * 3_600_000;

export function zoneClock(timeZone: string): ZoneClock {
  const wallMs = (atMs: number) => {
    const { year, month, day, hour, minute, second } = new CronDate(new Date(atMs), timeZone);
    return Date.UTC(year, month, day, hour, minute, second);
  };
  const offsetMs = (atMs: number) => wallMs(atMs) - Math.floor(atMs / 1000) * 1000;
  return {
    wallMs,
    firstInstantMs(timeMs) {
      const before = timeMs - offsetMs(timeMs - LARGEST_CHANGE_MS);
      const after = timeMs - offsetMs(timeMs + LARGEST_CHANGE_MS);
      const [low, high] = [Math.min(before, after), Math.max(before, after)];
      const shown = [low, high].find((atMs) => wallMs(atMs) === timeMs);
      return shown ?? firstAtOrPast(timeMs, low, high, wallMs);
    },
  };
}

/** The first whole second from `lowMs` on at which the clock is at or past a time that it skips. */
function firstAtOrPast(
  timeMs: number,
  lowMs: number,
  highMs: number,
  wallMs: (atMs: number) => number,
): number {
  let [before, atOrPast] = [lowMs / 1000, highMs / 1000];
  while (atOrPast - before > 1) {
    const middle = Math.floor((before + atOrPast) / 2);
    if (wallMs(middle * 1000) >= timeMs) atOrPast = middle;
    else before = middle;
  }
  return atOrPast * 1000;
}
