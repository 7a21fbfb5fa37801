/** Time as keywhen reads it; a parameter everywhere, so that any run can be replayed. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z; may jump when the machine's time is set. */
  now(): number;
  /** Milliseconds since some fixed moment; never jumps, for measuring spans. */
  monotonic(): number;
  /**
   * Resolves after about `ms`, or at once when `signal` aborts; never rejects. Timers come up to 2 ms
   * early (measured on Node 20), so whoever must not be early looks at `now()` again.
   */
  sleep(ms: number, call?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}
