import { EXIT } from "./exit-codes.js";

/**
 * A signal that the first Ctrl-C (SIGINT, SIGTERM) aborts, so that what runs can wind down; the second one
 * leaves at once.
 */
export function createInterruption(note: (text: string) => void): AbortSignal {
  const abort = new AbortController();
  const onSignal = () => {
    if (abort.signal.aborted) process.exit(EXIT.interrupted);
    note("Stopping: ending what is under way. Once more to leave at once.");
    abort.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return abort.signal;
}
