/** 128 plus the number of SIGINT, as in shells. */
const INTERRUPTED = 130;
/** Supervisors usually wait longer than this before they kill a process. */
const LONGEST_WIND_DOWN_MS = 5_000;

/**
 * A signal that the first Ctrl-C (SIGINT), SIGTERM or SIGHUP (a closed terminal) aborts, so that the work can shut down
 * and release its lease. After 5 s the process ends even if something hangs. The second signal ends it immediately.
 */
export function createInterruption(note: (text: string) => void): AbortSignal {
  const abort = new AbortController();
  const leave = () => process.exit(INTERRUPTED);
  /** The work may be finished, so that only a hanging request keeps the process alive. */
  const endAnyway = () => process.exit(process.exitCode ?? INTERRUPTED);
  const onSignal = () => {
    if (abort.signal.aborted) leave();
    note("Stopping: finishing what is in progress. Press Ctrl-C again to end immediately.");
    setTimeout(endAnyway, LONGEST_WIND_DOWN_MS).unref(); // nothing waits for it
    abort.abort();
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, onSignal);
  return abort.signal;
}
