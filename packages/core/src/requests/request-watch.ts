import type { Clock } from "../clock.js";
import { onAbort } from "../on-abort.js";
import { createSlotTable } from "../slot-table.js";

/** What ends a request before its answer. */
interface RequestEnds {
  /** `undefined`: no time limit. */
  readonly limitMs: number | undefined;
  readonly callerSignal: AbortSignal | undefined;
}

/** What a request fails with. */
export interface RequestErrors<Request> {
  readonly tooSlow: (request: Request, limitMs: number) => Error;
  readonly aborted: (request: Request, reason: unknown) => Error;
  /** What is wrong with an answer; `undefined` if nothing is. */
  readonly wrong?: (request: Request, answer: unknown) => Error | undefined;
  /** What is made of what the request itself throws. */
  readonly failed: (request: Request, thrown: unknown) => Error;
}

/**
 * Sends a request with a signal and settles as it does; at its end, if that comes first, the signal aborts and
 * the result rejects at once, in case the store ignores the signal. Nothing is sent after the caller's abort.
 */
export type RequestWatch<Request> = <T>(
  request: Request,
  ends: RequestEnds,
  send: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

interface Entry {
  readonly dueMs: number;
  readonly onTime: () => void;
}

/** How exactly time limits are kept. */
const TICK_MS = 1_000;
/** Requests that follow one another at once share the timer: to stop and start it costs more than a request. */
const LINGER_MS = 1;

/**
 * Watches any number of requests with one timer: one for each request, with what ends it, would cost 15 us
 * of CPU, a third of what the leanest copy costs.
 */
export function createRequestWatch<Request>(
  clock: Clock,
  errors: RequestErrors<Request>,
): RequestWatch<Request> {
  const entries = createSlotTable<Entry>();
  let ticking: AbortController | undefined;
  let isLingering = false;

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
    const slot = entries.add(entry);
    if (ticking === undefined) void tick();
    return slot;
  };

  const end = (slot: number, entry: Entry) => {
    entries.remove(slot, entry);
    if (entries.size === 0 && !isLingering) void stopUnlessBusy();
  };

  const stopUnlessBusy = async () => {
    isLingering = true;
    await clock.sleep(LINGER_MS);
    isLingering = false;
    if (entries.size > 0) return;
    ticking?.abort("idle"); // a reason, because the default one is an exception with a stack
    ticking = undefined;
  };

  return (request, { limitMs = Number.POSITIVE_INFINITY, callerSignal }, send) =>
    new Promise((resolve, reject) => {
      const abort = new AbortController();
      let unsubscribe = () => {};
      const fail = (error: Error) => {
        leave();
        reject(error);
        abort.abort(error);
      };
      const entry: Entry = {
        dueMs: clock.monotonic() + limitMs,
        onTime: () => fail(errors.tooSlow(request, limitMs)),
      };
      let slot = -1;
      const leave = () => {
        unsubscribe();
        end(slot, entry);
      };
      const answered = async () => {
        try {
          const answer = await send(abort.signal);
          const error = errors.wrong?.(request, answer);
          if (error === undefined) resolve(answer);
          else reject(error);
        } catch (error) {
          reject(errors.failed(request, error));
        } finally {
          leave();
        }
      };
      slot = begin(entry);
      unsubscribe = onAbort(callerSignal, () =>
        fail(errors.aborted(request, callerSignal?.reason)),
      );
      if (!abort.signal.aborted) void answered();
    });
}
