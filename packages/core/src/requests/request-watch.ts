import { onAbort } from "../callbacks.js";
import type { Clock } from "../machine.js";

interface RequestEnds {
  readonly limitMs: number;
  readonly callerSignal: AbortSignal | undefined;
}

export interface RequestErrors<Request> {
  readonly tooSlow: (request: Request, limitMs: number) => Error;
  readonly aborted: (request: Request, reason: unknown) => Error;
  /** What is wrong with an answer; `undefined` if nothing is. */
  readonly wrong?: (request: Request, answer: unknown) => Error | undefined;
  /** The error for what the request itself throws. */
  readonly failed: (request: Request, thrown: unknown) => Error;
}

interface Pending<Request> {
  readonly request: Request;
  readonly limitMs: number;
  readonly dueMs: number;
  readonly callerSignal: AbortSignal | undefined;
  readonly abort: AbortController;
  readonly reject: (error: unknown) => void;
}

const TICK_MS = 1_000;
/** Requests that follow each other immediately share the timer: to stop and start it costs more than a request. */
const LINGER_MS = 1;

/** One timer for all requests, and one listener a caller's signal: a timer for each request costs 15 us of CPU, a listener 20 us. */
export class RequestWatch<Request> {
  readonly #clock: Clock;
  readonly #errors: RequestErrors<Request>;
  readonly #tickMs: number;
  readonly #pending = new SlotTable<Pending<Request>>();
  readonly #subscriptions = new Map<AbortSignal, () => void>();
  #ticking: AbortController | undefined;
  #isLingering = false;

  /** `tickMs`: a request may exceed its limit by this time. */
  constructor(clock: Clock, errors: RequestErrors<Request>, tickMs = TICK_MS) {
    this.#clock = clock;
    this.#errors = errors;
    this.#tickMs = tickMs;
  }

  /**
   * Sends a request with a signal and settles as the request does. If the time limit or the caller's abort comes first, the
   * signal aborts and the result rejects immediately, in case the store ignores the signal. Sends nothing after the
   * caller's abort.
   */
  send<T>(
    request: Request,
    { limitMs, callerSignal }: RequestEnds,
    send: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (callerSignal?.aborted) {
      return Promise.reject(this.#errors.aborted(request, callerSignal.reason));
    }
    return new Promise((resolve, reject) => {
      const dueMs = this.#clock.monotonic() + limitMs;
      const abort = new AbortController();
      const pending = { request, limitMs, dueMs, callerSignal, abort, reject };
      const slot = this.#pending.add(pending);
      if (callerSignal) this.#subscribe(callerSignal);
      if (this.#ticking === undefined) void this.#tick();
      void this.#settle(pending, slot, send, resolve);
    });
  }

  async #settle<T>(
    pending: Pending<Request>,
    slot: number,
    send: (signal: AbortSignal) => Promise<T>,
    resolve: (answer: T) => void,
  ): Promise<void> {
    const { request, abort, reject } = pending;
    try {
      const answer = await send(abort.signal);
      const error = this.#errors.wrong?.(request, answer);
      if (error === undefined) resolve(answer);
      else reject(error);
    } catch (error) {
      reject(this.#failure(request, error));
    } finally {
      this.#pending.remove(slot, pending);
      this.#stopIfIdle();
    }
  }

  /** The request always settles: a fault of the error function is reported in its place. */
  #failure(request: Request, thrown: unknown): unknown {
    try {
      return this.#errors.failed(request, thrown);
    } catch (fault) {
      /* v8 ignore next -- has a test, but V8 loses its count in one run of four */
      return fault;
    }
  }

  #subscribe(signal: AbortSignal): void {
    if (this.#subscriptions.has(signal)) return;
    const unsubscribe = onAbort(signal, () => {
      this.#fail(({ request, callerSignal }) =>
        callerSignal === signal ? this.#errors.aborted(request, signal.reason) : undefined,
      );
    });
    this.#subscriptions.set(signal, unsubscribe);
  }

  #fail(errorOf: (pending: Pending<Request>) => Error | undefined): void {
    for (const [slot, pending] of this.#pending.entries()) {
      const error = errorOf(pending);
      if (error === undefined) continue;
      this.#pending.remove(slot, pending);
      pending.reject(error);
      pending.abort.abort(error);
    }
    this.#stopIfIdle();
  }

  async #tick(): Promise<void> {
    const ticking = new AbortController();
    this.#ticking = ticking;
    while (!ticking.signal.aborted) {
      await this.#clock.sleep(this.#tickMs, { signal: ticking.signal });
      const nowMs = this.#clock.monotonic();
      this.#fail(({ request, limitMs, dueMs }) =>
        dueMs <= nowMs ? this.#errors.tooSlow(request, limitMs) : undefined,
      );
      this.#unsubscribeUnused();
    }
  }

  #stopIfIdle(): void {
    if (this.#pending.size === 0 && this.#ticking && !this.#isLingering) void this.#linger();
  }

  async #linger(): Promise<void> {
    this.#isLingering = true;
    await this.#clock.sleep(LINGER_MS);
    this.#isLingering = false;
    if (this.#pending.size > 0) return;
    this.#ticking?.abort("idle"); // a reason, because the default one is an exception with a stack
    this.#ticking = undefined;
    this.#unsubscribeUnused();
  }

  #unsubscribeUnused(): void {
    const used = new Set<AbortSignal | undefined>();
    for (const [, { callerSignal }] of this.#pending.entries()) used.add(callerSignal);
    for (const [signal, unsubscribe] of this.#subscriptions) {
      if (used.has(signal)) continue;
      unsubscribe();
      this.#subscriptions.delete(signal);
    }
  }
}

/**
 * A set for objects that are added and removed by the thousand. A `Set` replaces its table many times, and each old table
 * refers to the next one. V8 therefore keeps everything that was ever in the set until the next full collection: every
 * delivery, with its promises, was copied into the old generation, a tenth of a sweep's CPU.
 */
export class SlotTable<T extends object> {
  readonly #slots: (T | undefined)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#slots.length - this.#free.length;
  }

  /** Returns the slot that the value holds until it is removed. */
  add(value: T): number {
    const slot = this.#free.pop() ?? this.#slots.length;
    this.#slots[slot] = value;
    return slot;
  }

  remove(slot: number, value: T): void {
    if (this.#slots[slot] !== value) return;
    this.#slots[slot] = undefined;
    this.#free.push(slot);
  }

  /** In no order; skips values that are removed during the iteration, and may skip values that are added. */
  *entries(): Generator<[slot: number, value: T]> {
    for (const [slot, value] of this.#slots.entries()) if (value) yield [slot, value];
  }
}
