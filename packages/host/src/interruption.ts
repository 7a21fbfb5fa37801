/** 128 and the number of SIGINT, as shells have it. */
const INTERRUPTED = 130;
/** Who terminates a process usually waits longer than this before killing it. */
const LONGEST_WIND_DOWN_MS = 5_000;

/**
 * A signal that the first Ctrl-C (SIGINT, SIGTERM) aborts, so that what runs can wind down: within 5 s, for then
 * the process ends, whatever hangs. The second one leaves at once.
 */
export function createInterruption(note: (text: string) => void): AbortSignal {
  const abort = new AbortController();
  const leave = () => process.exit(INTERRUPTED);
  /** What was to be done may have ended by now, and something hanging keeps the process. */
  const endAnyway = () => process.exit(process.exitCode ?? INTERRUPTED);
  const onSignal = () => {
    if (abort.signal.aborted) leave();
    note("Stopping: ending what is under way. Once more to leave at once.");
    setTimeout(endAnyway, LONGEST_WIND_DOWN_MS).unref(); // nothing waits for it
    abort.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return abort.signal;
}
