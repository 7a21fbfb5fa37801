import { KeywhenError } from "../errors.js";
import { showValue } from "../input/show-value.js";
import type { Observer } from "../report/sweep-event.js";
import { type Duration, durationMs } from "../time/duration.js";
import type { SweepOptions } from "./create-sweeper.js";
import type { SweepShard } from "./sweep.js";
import type { LookAhead } from "./sweep-run.js";
import type { WakeUps } from "./wake-ups.js";

const DEFAULT_POLL = "5s";
const SHORTEST_POLL_MS = 100;

export function checkOwner(owner: string | undefined): string | undefined {
  if (owner === undefined || (typeof owner === "string" && owner !== "")) return owner;
  throw invalid(`owner must be a non-empty string (got ${showValue(owner)}).`);
}

export function checkObserve(observe: Observer | undefined): Observer | undefined {
  if (observe === undefined || typeof observe === "function") return observe;
  throw invalid(
    `observe must be a function that takes each event: (event) => … (got ${showValue(observe)}).`,
  );
}

export function checkJournal(journal: boolean | undefined): boolean | undefined {
  if (journal === undefined || typeof journal === "boolean") return journal;
  throw invalid(`journal must be true or false (got ${showValue(journal)}).`);
}

export function checkWakeUps(wakeUps: WakeUps | undefined): WakeUps | undefined {
  if (wakeUps === undefined || typeof wakeUps?.begin === "function") return wakeUps;
  throw invalid(
    `wakeUps must be what recurringWakeUps() of @keywhen/recurring returns (got ${showValue(wakeUps)}).`,
  );
}

export function checkConcurrency(concurrency: number): number {
  if (Number.isInteger(concurrency) && concurrency >= 1) return concurrency;
  throw invalid(
    `concurrency must be a whole number of at least 1 (got ${showValue(concurrency)}).`,
  );
}

export function lookAheadOf({
  lookAhead,
  poll,
}: Pick<SweepOptions, "lookAhead" | "poll">): LookAhead | undefined {
  if (lookAhead === undefined) return undefined;
  const pollMs = durationMs(poll ?? DEFAULT_POLL);
  if (pollMs < SHORTEST_POLL_MS) throw invalid(`poll must be at least 100ms (got ${poll}).`);
  return { intervalMs: intervalMs("lookAhead", lookAhead), pollMs };
}

export function intervalMs(name: string, duration: Duration): number {
  const ms = durationMs(duration);
  if (ms >= 2_000 && ms <= 3_600_000) return ms;
  throw invalid(`${name} must be between 2s and 1h (got ${duration}).`);
}

export function leaseDurationMs(leaseDuration: Duration): number {
  const ms = durationMs(leaseDuration);
  if (ms >= 10_000 && ms <= 60_000) return ms;
  throw invalid(
    `leaseDuration must be from 10s to 60s (got ${leaseDuration}). After a crash, other sweepers wait until the lease ends.`,
  );
}

export function checkShard(shard: SweepShard | undefined): SweepShard | undefined {
  if (shard === undefined) return undefined;
  const { index, count } = shard;
  const isWhole = Number.isInteger(index) && Number.isInteger(count);
  if (isWhole && index >= 1 && index <= count) return { index, count };
  throw invalid(
    `shard must have an index from 1 to its count, both whole numbers (got index ${index}, count ${count}).`,
  );
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}
