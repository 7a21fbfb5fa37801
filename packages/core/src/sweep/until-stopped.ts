import { onAbort } from "../callbacks.js";

/** Work in the background that goes on until it is stopped. */
export interface Background extends AsyncDisposable {
  /** Resolves when the work has been stopped. Rejects with the error that ended it. */
  readonly done: Promise<void>;
  /** Stops the work. Resolves when it has ended; never rejects. */
  stop(): Promise<void>;
}

export interface BackgroundControl {
  /** Aborts when the work must end. */
  readonly signal: AbortSignal;
  /** Ends the work; `done` rejects with the first of these errors. */
  fail(error: unknown): void;
}

/** Starts `work`, which must end soon after its signal has aborted. */
export function untilStopped(
  signal: AbortSignal | undefined,
  work: (control: BackgroundControl) => Promise<void>,
): Background {
  const stopping = new AbortController();
  const failure: { error?: unknown } = {};
  onAbort(signal, () => stopping.abort());
  const control = {
    signal: stopping.signal,
    fail(error: unknown) {
      failure.error ??= error;
      stopping.abort();
    },
  };
  const run = async () => {
    await work(control);
    if ("error" in failure) throw failure.error;
  };
  const done = run();
  done.catch(() => {}); // reported to a caller that awaits it
  const stop = async () => {
    stopping.abort();
    await done.catch(() => {});
  };
  return { done, stop, [Symbol.asyncDispose]: stop };
}
