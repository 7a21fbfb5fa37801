import { onAbort } from "../callbacks.js";
import type { Stopwatch } from "../machine.js";
import { changeShared, type SharedChange, type SharedReading } from "../requests/shared-object.js";
import { wrapStore } from "../requests/wrap-store.js";
import type { ClockCheck } from "../scheduler/clock-check.js";
import type { ScheduleContext } from "../scheduler/schedule.js";
import { ObjectStoreError, rethrowUnlessStoreError } from "../store/object-store-error.js";
import type { KnownEvent } from "./known-events.js";
import type { NameState } from "./name-state.js";
import { nameObject } from "./named-object.js";

/** What a call under a name works with. */
export interface NameCall extends ScheduleContext {
  readonly name: string;
  /** Reads the store's clock in each answer. */
  readonly clockCheck: ClockCheck;
}

/** What is known of a name while no other caller changes it. */
export interface KnownName {
  /** Without a lock. */
  readonly state: NameState;
  /** The store's time of the reading. */
  readonly storeMs: number;
  readonly events: readonly KnownEvent[];
}

/** What the lock was taken with. */
export interface Grant {
  readonly known: KnownName;
  readonly token: string;
  readonly lockMs: number;
  /** Since just before the reading was requested on which the lock is based. */
  readonly elapsedMs: Stopwatch;
  /** The object with the lock, if the store has answered that it is written: saves a GET. */
  written?: SharedReading<NameState>;
}

/** Requests under the lock end this long before it expires. */
const MARGIN_MS = 2_000;
/** How often the wall clock is compared with the monotonic one, to notice an end that the timer would miss. */
const WATCH_MS = 1_000;
/** A lock that can't be released ends by itself. */
const LONGEST_RELEASE_MS = 5_000;

/** The lock of a name, which is not renewed. */
export class HeldName {
  readonly known: KnownName;
  /** What to work with under the lock: its store sends nothing, and waits for nothing, once the lock is about to end. */
  readonly context: NameCall;
  readonly #call: NameCall;
  readonly #grant: Grant;
  readonly #stopped = new AbortController();
  readonly #released = new AbortController();

  constructor(call: NameCall, grant: Grant) {
    this.known = grant.known;
    this.#call = call;
    this.#grant = grant;
    const unsubscribe = onAbort(call.signal, () => this.#stopped.abort(call.signal?.reason));
    onAbort(this.#released.signal, unsubscribe);
    const store = wrapStore(call.store, async (request, options, send) => {
      if (this.isOver) throw new ObjectStoreError({ ...OVER, ...request, operation: request.kind });
      return send({ ...options, signal: this.#stopped.signal });
    });
    this.context = { ...call, store, signal: this.#stopped.signal };
    void this.#watch();
  }

  /** The lock may have been taken by another caller, or soon will be. */
  get isOver(): boolean {
    return this.leftMs() <= 0;
  }

  leftMs(): number {
    return this.#grant.lockMs - this.#grant.elapsedMs() - MARGIN_MS;
  }

  /** The store's time, or a little less. */
  storeNowMs(): number {
    return this.known.storeMs + Math.floor(this.#grant.elapsedMs());
  }

  /** Leaves what has become of the name. If that fails, the lock expires, and the next caller looks at the events. */
  async release(next: NameState): Promise<void> {
    this.end();
    const { clock, name } = this.#call;
    const late = new AbortController();
    const ended = new AbortController();
    void clock.sleep(LONGEST_RELEASE_MS, { signal: ended.signal }).then(() => late.abort());
    const write = ({ state }: SharedReading<NameState>): SharedChange<NameState, undefined> => {
      const isOwn = state?.lock?.token === this.#grant.token;
      return { result: undefined, write: isOwn ? next : undefined };
    };
    try {
      await changeShared(nameObject(this.#call, name), write, late.signal, this.#grant.written);
    } catch (caught) {
      rethrowUnlessStoreError(caught);
    } finally {
      ended.abort();
    }
  }

  /** Without a release: the object is gone. */
  end(): void {
    this.#released.abort();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#released;
    while (!signal.aborted && !this.isOver) {
      const pauseMs = Math.min(WATCH_MS, Math.max(1, this.leftMs()));
      await this.#call.clock.sleep(pauseMs, { signal });
    }
    if (!signal.aborted) this.#stopped.abort();
  }
}

const OVER = {
  code: "aborted",
  message: "the lock of the name ended before it was sent",
  undecided: false,
} as const;
