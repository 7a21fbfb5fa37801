import { signal } from "@preact/signals";

let aheadMs = 0;

/** The server's time, which changes once a second: what countdowns are written by. */
export const nowMs = signal(Date.now());

/** The server's time at this very moment. */
export function serverNow(): number {
  return Date.now() + aheadMs;
}

export function setServerTime(serverTime: string): void {
  const measured = Date.parse(serverTime) - Date.now();
  // Below that it is the way of the answer, not the clock.
  aheadMs = Math.abs(measured) < 500 ? 0 : measured;
  nowMs.value = serverNow();
}

/** Ticks at each full second until it is stopped. */
export function startPageClock(): () => void {
  let timer = 0;
  const tick = () => {
    nowMs.value = serverNow();
    timer = window.setTimeout(tick, 1_000 - (serverNow() % 1_000));
  };
  tick();
  return () => window.clearTimeout(timer);
}
