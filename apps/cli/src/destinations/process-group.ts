import type { ChildProcess } from "node:child_process";

/** How long a program may shut down before it is killed. A sweep that stops has four seconds. */
const GRACE_MS = 1_500;
const HAS_GROUPS = process.platform !== "win32";

/** What is still running when this process ends. */
const running = new Set<ChildProcess>();
const killAll = () => {
  for (const child of running) signalGroup(child, "SIGKILL");
};

/**
 * Ends a program and everything that it has started when `signal` aborts: SIGTERM to the process group, then SIGKILL when the
 * program has ended, but at the latest after 1.5 s. When this process ends, the group is killed.
 */
export function endWith(child: ChildProcess, signal: AbortSignal): void {
  let timer: NodeJS.Timeout | undefined;
  const kill = () => signalGroup(child, "SIGKILL");
  const end = () => {
    signalGroup(child, "SIGTERM");
    timer = setTimeout(kill, GRACE_MS);
  };
  if (running.size === 0) process.on("exit", killAll);
  running.add(child);
  child.once("exit", () => {
    running.delete(child);
    if (running.size === 0) process.off("exit", killAll);
    signal.removeEventListener("abort", end);
    clearTimeout(timer);
    if (signal.aborted) kill();
  });
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
}

/** The options of `spawn` that start the program in its own process group. */
export const IN_OWN_GROUP = { detached: HAS_GROUPS };

export function killGroup(child: ChildProcess): void {
  signalGroup(child, "SIGKILL");
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  const { pid } = child;
  if (pid === undefined) return; // it did not start
  if (!HAS_GROUPS) return void child.kill(name);
  try {
    process.kill(-pid, name);
  } catch {
    // the group has ended
  }
}
