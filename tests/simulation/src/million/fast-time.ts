import { setMaxListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import type { Clock } from "@keywhen/core/internal";

/**
 * One line of time for millions of actions: those of one millisecond run together, and what they wake comes to rest
 * before time goes on.
 */
export interface FastTime {
  now(): number;
  /** Plans an action `inMs` from now, at least one millisecond. */
  after(inMs: number, action: () => void): void;
  readonly clock: Clock;
  /** Runs until `isOver` or nothing is planned. */
  run(isOver: () => boolean): Promise<void>;
}

export function fastTime(startMs: number): FastTime {
  const planned = new Map<number, (() => void)[]>();
  let nowMs = startMs;
  let lastMs = startMs;

  const after = (inMs: number, action: () => void) => {
    const atMs = nowMs + Math.max(1, Math.ceil(inMs));
    const others = planned.get(atMs);
    if (others === undefined) planned.set(atMs, [action]);
    else others.push(action);
    lastMs = Math.max(lastMs, atMs);
  };
  const sleep: Clock["sleep"] = (ms, call) =>
    new Promise((resolve) => {
      const signal = call?.signal;
      if (signal === undefined) return after(ms, resolve);
      if (signal.aborted) return resolve();
      setMaxListeners(0, signal); // as many as sleep on it
      const onAbort = () => resolve();
      signal.addEventListener("abort", onAbort, { once: true });
      after(ms, () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      });
    });
  /** Goes to the next millisecond that has planned actions. */
  const goOn = (): readonly (() => void)[] | undefined => {
    while (nowMs < lastMs) {
      nowMs += 1;
      const actions = planned.get(nowMs);
      if (actions === undefined) continue;
      planned.delete(nowMs);
      return actions;
    }
    return undefined;
  };

  return {
    now: () => nowMs,
    after,
    clock: { now: () => nowMs, monotonic: () => nowMs - startMs, sleep },
    async run(isOver) {
      for (let actions = goOn(); actions !== undefined; actions = isOver() ? undefined : goOn()) {
        for (const action of actions) action();
        await setImmediate(); // after every microtask that they set off
      }
    },
  };
}
