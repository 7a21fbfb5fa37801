import { type Clock, sleepUnlessAborted } from "../machine.js";

/** One timer for the next instant (monotonic) at which something may be done. One that rings too early is set again. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: { readonly atMs: number; readonly stop: AbortController } | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings then or, if it is set already to an earlier instant, at that one. */
  set(atMs: number): void {
    if (atMs === Number.POSITIVE_INFINITY || (this.#timer && this.#timer.atMs <= atMs)) return;
    this.stop();
    const stop = new AbortController();
    this.#timer = { atMs, stop };
    void sleepUnlessAborted(this.#clock, atMs - this.#clock.monotonic(), stop.signal).then(() => {
      if (stop.signal.aborted) return;
      this.#timer = undefined;
      this.#ring();
    });
  }

  stop(): void {
    this.#timer?.stop.abort("replaced"); // a reason, because the default one is an exception with a stack
    this.#timer = undefined;
  }
}
