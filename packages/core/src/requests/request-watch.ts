import type { Clock } from "../clock.js";
import { onAbort } from "../on-abort.js";

/** A request that is watched until it is answered. */
interface Watched {
  /** Aborts when the request's time is up or the caller's signal aborts. */
  readonly signal: AbortSignal;
  /** Rejects then, in case the store ignores the signal. */
  readonly failure: Promise<never>;
  /** The request is answered. */
  end(): void;
}

export interface RequestWatch {
  /** `limitMs` undefined: only the caller ends it. */
  watch(
    limitMs: number | undefined,
    callerSignal: AbortSignal | undefined,
    causes: { readonly tooSlow: () => Error; readonly aborted: (reason: unknown) => Error },
  ): Watched;
}

interface Entry {
  readonly dueMs: number;
  readonly onTime: () => void;
}

/** How exactly time limits are kept. */
const TICK_MS = 1_000;

/**
 * Watches any number of requests with one timer: one for each request, with what ends it, would cost 15 us
 * of CPU, a third of what the leanest copy costs.
 */
export function createRequestWatch(clock: Clock): RequestWatch {
  const entries = new Set<Entry>();
  let ticking: AbortController | undefined;

  const tick = async () => {
    const current = new AbortController();
    ticking = current;
    while (!current.signal.aborted) {
      await clock.sleep(TICK_MS, { signal: current.signal });
      const nowMs = clock.monotonic();
      for (const entry of entries) if (entry.dueMs <= nowMs) entry.onTime();
    }
  };

  const begin = (entry: Entry) => {
    entries.add(entry);
    if (ticking === undefined) void tick();
  };

  const end = (entry: Entry) => {
    entries.delete(entry);
    if (entries.size > 0) return;
    ticking?.abort("idle"); // a reason, because the default one is an exception with a stack
    ticking = undefined;
  };

  return {
    watch(limitMs = Number.POSITIVE_INFINITY, callerSignal, causes) {
      const abort = new AbortController();
      let fail: (error: Error) => void = () => {};
      const failure = new Promise<never>((_, reject) => {
        fail = (error) => {
          reject(error);
          abort.abort(error);
        };
      });
      failure.catch(() => {}); // whoever races it reports it
      const dueMs = clock.monotonic() + limitMs;
      const entry: Entry = { dueMs, onTime: () => fail(causes.tooSlow()) };
      begin(entry);
      const unsubscribe = onAbort(callerSignal, () => fail(causes.aborted(callerSignal?.reason)));
      const endWatch = () => {
        unsubscribe();
        end(entry);
      };
      return { signal: abort.signal, failure, end: endWatch };
    },
  };
}
