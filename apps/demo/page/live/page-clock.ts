import { signal } from "@preact/signals";

let aheadMs = 0;

/** The server's time, updated once a second, for countdowns. */
export const nowMs = signal(Date.now());

export function serverNow(): number {
  return Date.now() + aheadMs;
}

export function setServerTime(serverTime: string): void {
  const measured = Date.parse(serverTime) - Date.now();
  // A smaller difference is the duration of the answer.
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
