import { invalidOption } from "../errors.js";
import type { LaneDestination } from "../event-table/lane.js";
import { checkValue, isCount } from "../input/check-value.js";
import { thrownMessage } from "../input/show-value.js";
import { bucketNameProblem } from "../key/key-limits.js";
import type { Clock } from "../machine.js";
import { type RequestErrors, RequestWatch } from "../requests/request-watch.js";
import { isStoreError } from "../store/object-store-error.js";
import type { Destination } from "../targets/destination.js";
import { DestinationError, isDestinationError } from "../targets/destination-error.js";
import { durationMs } from "../time/duration.js";
import { isJsonObject } from "../values.js";
import { SharedConcurrency } from "./concurrency.js";

const DEFAULT_TIMEOUT = "1m";
const DEFAULT_CONCURRENCY = 16;
const SHORTEST_TIMEOUT_MS = 10;
const LONGEST_TIMEOUT_MS = 3_600_000;
/** A destination that names no pause would be called without a pause. */
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_600_000;
/** A pause that is shorter grows if it is not enough, and a longer one is kept: a receiver that restarts is soon back. */
const ENOUGH_PAUSE_MS = 1_000;
const LONGEST_GROWN_PAUSE_MS = 60_000;
/** The end of a pause has moved so far that it is reported again: by this share of the pause, and at least this time. */
const MOVED_SHARE = 0.25;
const MOVED_MS = 1_000;
/** How often time limits are looked at. */
const LONGEST_TICK_MS = 1_000;

interface DestinationCall {
  readonly destination: string;
  readonly key: string;
  readonly method: "deliver" | "find";
}

/** A destination with its name, and what all sweeps of a sweeper share of it. */
export class NamedDestination implements LaneDestination {
  readonly name: string;
  readonly destination: Destination;
  readonly timeoutMs: number;
  readonly concurrency: number;
  /** The deliveries in flight. */
  readonly slots: SharedConcurrency;
  readonly #watch: RequestWatch<DestinationCall>;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #reportedUntilMs = Number.NEGATIVE_INFINITY;
  /** The shortest pause, which grows until it takes an event. The first answer doubles it. */
  #leastPauseMs = SHORTEST_PAUSE_MS / 2;

  constructor(name: string, destination: Destination, clock: Clock) {
    this.name = name;
    this.destination = destination;
    this.timeoutMs = checkTimeoutMs(name, destination);
    this.concurrency = checkConcurrency(name, destination);
    this.slots = new SharedConcurrency(this.concurrency);
    this.#watch = new RequestWatch(clock, ERRORS, Math.min(this.timeoutMs, LONGEST_TICK_MS));
  }

  get pausedUntilMs(): number {
    return this.#pausedUntilMs;
  }

  /** It has taken an event. */
  delivered(): void {
    this.#leastPauseMs = SHORTEST_PAUSE_MS / 2;
  }

  /**
   * It wants no events for this time. Of several answers the one that ends last counts. A pause of less than a second doubles
   * with each such answer to a call that began after the last pause. All times are monotonic. Returns whether to report it: a pause has
   * begun, or its end has moved noticeably.
   */
  pause(call: { readonly calledMs: number; readonly nowMs: number }, pauseMs: number): boolean {
    const hasBegun = call.nowMs >= this.#pausedUntilMs;
    const leastMs = pauseMs < ENOUGH_PAUSE_MS ? this.#grownPauseMs(call.calledMs) : 0;
    const limitedMs = Math.min(Math.max(leastMs, pauseMs), LONGEST_PAUSE_MS);
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, call.nowMs + limitedMs);
    const movedMs = this.#pausedUntilMs - this.#reportedUntilMs;
    const isReported = hasBegun || movedMs >= Math.max(MOVED_MS, MOVED_SHARE * limitedMs);
    if (isReported) this.#reportedUntilMs = this.#pausedUntilMs;
    return isReported;
  }

  #grownPauseMs(calledMs: number): number {
    if (calledMs >= this.#pausedUntilMs) {
      this.#leastPauseMs = Math.min(2 * this.#leastPauseMs, LONGEST_GROWN_PAUSE_MS);
    }
    return this.#leastPauseMs;
  }

  /**
   * Calls a method of the destination within its time limit. Rejects with a `DestinationError`, or with the store's error that the
   * destination let pass.
   */
  call<T>(
    method: DestinationCall["method"],
    key: string,
    callerSignal: AbortSignal,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const request = { destination: this.name, key, method };
    const ends = { limitMs: this.timeoutMs, callerSignal };
    return this.#watch.send(request, ends, async (signal) => call(signal));
  }
}

const ERRORS: RequestErrors<DestinationCall> = {
  tooSlow: (call, limitMs) =>
    callError(call, "timed-out", `took longer than its timeout of ${limitMs / 1000} s`),
  aborted: (call, cause) =>
    callError(call, "interrupted", "the sweep ended before it answered", cause),
  failed(call, thrown) {
    if (isStoreError(thrown) || isDestinationError(thrown)) return thrown; // of `open`
    return callError(call, "failed", `${call.method}() threw: ${thrownMessage(thrown)}`, thrown);
  },
};

function callError(
  { destination, key }: DestinationCall,
  code: DestinationError["code"],
  message: string,
  cause?: unknown,
): DestinationError {
  return new DestinationError({ code, destination, key, message, cause, undecided: true });
}

export type NamedDestinations = ReadonlyMap<string, NamedDestination>;

/** Checks the option `destinations`. Throws `invalid-option`. */
export function checkDestinations(
  destinations: Readonly<Record<string, Destination>> | undefined,
  clock: Clock,
): NamedDestinations {
  const named = new Map<string, NamedDestination>();
  if (destinations === undefined) return named;
  const rule = "destinations must be an object of names and destinations";
  checkValue(isJsonObject(destinations), destinations, rule);
  for (const [name, destination] of Object.entries(destinations)) {
    const problem = bucketNameProblem(name);
    if (problem !== undefined) throw invalidOption(`A name in destinations ${problem}`);
    const isRight = typeof destination?.deliver === "function";
    checkValue(isRight, destination, `destinations.${name} must have a method deliver()`);
    named.set(name, new NamedDestination(name, destination, clock));
  }
  return named;
}

function checkTimeoutMs(name: string, { timeout = DEFAULT_TIMEOUT }: Destination): number {
  const ms = durationMs(timeout);
  const isRight = ms >= SHORTEST_TIMEOUT_MS && ms <= LONGEST_TIMEOUT_MS;
  checkValue(isRight, timeout, `The timeout of destination "${name}" must be from 10ms to 1h`);
  return ms;
}

function checkConcurrency(name: string, destination: Destination): number {
  const { concurrency = DEFAULT_CONCURRENCY } = destination;
  const rule = `The concurrency of destination "${name}" must be a whole number of at least 1`;
  checkValue(isCount(concurrency), concurrency, rule);
  return concurrency;
}
