import type { Clock } from "@keywhen/core/internal";
import type { Trouble } from "../api/state.js";
import { liveErrorOf } from "../api-failure.js";
import type { StoreLooks } from "./store-looks.js";

export interface LookOutParts {
  readonly looks: StoreLooks;
  readonly clock: Clock;
  /** Between two looks at the schedule. */
  readonly everyMs: number;
}

/** After this many missed looks the changes in between are unknown, so everything is loaded again. */
const STALE_AFTER_LOOKS = 10;
/** The pause after a look is this many times the duration of the look, so a slow store is not always busy with looks. */
const PAUSE_PER_LOOK = 5;

/** Looks at the store repeatedly while anyone listens. */
export class LookOut {
  readonly #parts: LookOutParts;
  readonly #refreshing = new AbortController();
  #listeners = 0;
  #wake = () => {};
  #trouble: Trouble | undefined;
  #lookedMs = Number.NEGATIVE_INFINITY;
  /** Ends with the last requested look: looks never overlap. */
  #queue: Promise<void> = Promise.resolve();

  constructor(parts: LookOutParts) {
    this.#parts = parts;
  }

  /** The error of the last look, if it failed. */
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** Adds a listener until the returned function is called. */
  attend(): () => void {
    this.#listeners += 1;
    this.#wake();
    return () => {
      this.#listeners -= 1;
    };
  }

  /** Looks at the store unless the last look was a moment ago. Never rejects: see `trouble`. */
  async refresh(): Promise<void> {
    const { clock, everyMs } = this.#parts;
    if (clock.monotonic() - this.#lookedMs > 2 * everyMs) {
      await this.#lookNext(this.#refreshing.signal);
    }
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => {
      this.#refreshing.abort();
      this.#wake();
    });
    while (!signal.aborted) {
      if (this.#listeners === 0) await this.#untilWoken();
      else await this.#lookAndPause(signal);
    }
    await this.#queue;
  }

  #untilWoken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #lookAndPause(signal: AbortSignal): Promise<void> {
    const { clock, everyMs } = this.#parts;
    const startMs = clock.monotonic();
    await this.#lookNext(signal);
    const tookMs = clock.monotonic() - startMs;
    await clock.sleep(Math.max(everyMs, PAUSE_PER_LOOK * tookMs), { signal });
  }

  #lookNext(signal: AbortSignal): Promise<void> {
    this.#queue = this.#queue.then(() => this.#look(signal));
    return this.#queue;
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { looks, clock, everyMs } = this.#parts;
    const isStale = clock.monotonic() - this.#lookedMs > STALE_AFTER_LOOKS * everyMs;
    try {
      await (isStale ? looks.lookAtAll(signal) : looks.lookForChanges(signal));
      this.#lookedMs = clock.monotonic();
      this.#trouble = undefined;
    } catch (error) {
      if (signal.aborted) return;
      this.#trouble = { ...liveErrorOf(error), at: new Date(clock.now()).toISOString() };
    }
  }
}
