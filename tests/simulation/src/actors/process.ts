import type { Clock } from "@keywhen/core/internal";
import type { ZoneChange } from "../plan.js";
import type { Prng } from "../prng.js";
import type { Planned, VirtualTime } from "../virtual-time.js";
import { useZoneData } from "../zone-data.js";
import type { HostClock } from "./host.js";

/**
 * A running program: answers and timers pass through it. While it is frozen, they wait until it thaws; after a crash they
 * never reach it. What it has sent goes on without it.
 */
export interface Process {
  readonly name: string;
  readonly clock: Clock;
  /** What its machine's time zone data say. */
  readonly zoneChange: ZoneChange | undefined;
  readonly isAlive: boolean;
  /** True time of the last thaw or, while frozen, of the coming one; undefined if it was never frozen. */
  readonly frozenUntilMs: number | undefined;
  readonly wasSuspended: boolean;
  reach(action: () => void): void;
  crash(): void;
  /** `suspends`: the whole machine sleeps, and its monotonic clock with it. */
  freeze(forMs: number, suspends: boolean): void;
}

/** Measured on Node 20. */
const TIMERS_EARLY_MS = 2;

export function startProcess(
  name: string,
  { time, host, prng }: { time: VirtualTime; host: HostClock; prng: Prng },
): Process {
  let isAlive = true;
  let frozenUntilMs: number | undefined;
  let wasSuspended = false;
  let suspendedMs = 0;
  // Of this process alone: another one that is started in the meantime has a machine that is awake.
  const monotonic = () => host.monotonic() - suspendedMs;

  const reach = (action: () => void) => {
    if (!isAlive) return;
    if (frozenUntilMs === undefined || time.now() >= frozenUntilMs) {
      useZoneData(host.zoneChange);
      return action();
    }
    time.at(frozenUntilMs, () => reach(action));
  };

  const sleep: Clock["sleep"] = (ms, call) =>
    new Promise((resolve) => {
      const signal = call?.signal;
      if (signal?.aborted) return resolve();
      const dueMs = monotonic() + ms;
      let timer: Planned | undefined;
      const wake = () => {
        timer?.takeBack();
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const fire = () =>
        reach(() => {
          const restMs = dueMs - monotonic();
          if (restMs > TIMERS_EARLY_MS) timer = time.at(time.now() + restMs, fire);
          else wake();
        });
      signal?.addEventListener("abort", wake, { once: true });
      const earlyMs = prng.chance(0.1) ? prng.between(0, TIMERS_EARLY_MS) : 0;
      timer = time.at(time.now() + Math.max(0, ms - earlyMs), fire);
    });

  return {
    name,
    clock: { now: host.now, monotonic, sleep },
    zoneChange: host.zoneChange,
    get isAlive() {
      return isAlive;
    },
    get frozenUntilMs() {
      return frozenUntilMs ?? host.wokeAtMs; // a machine sleeps with all that runs on it
    },
    get wasSuspended() {
      return wasSuspended;
    },
    reach,
    crash() {
      isAlive = false;
    },
    freeze(forMs, suspends) {
      frozenUntilMs = time.now() + forMs;
      if (!suspends) return;
      wasSuspended = true;
      time.at(frozenUntilMs, () => {
        suspendedMs += forMs;
        host.woke();
      });
    },
  };
}
