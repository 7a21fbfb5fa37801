import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";

const START_LIMIT_MS = 60_000;

/**
 * Starts a server that ends with its standard input, and so with this process. Resolves when it has printed what `ready`
 * matches. It does not keep this process running.
 */
export async function startLeashed(
  program: string,
  args: readonly string[],
  { ready, env = process.env }: { readonly ready: RegExp; readonly env?: NodeJS.ProcessEnv },
): Promise<ChildProcess> {
  // A separate process group, which Ctrl-C does not reach.
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env, detached: true });
  const timer = setTimeout(() => child.stdin.end(), START_LIMIT_MS);
  let printed = "";
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
        if (ready.test(printed)) resolve();
      });
    }
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${program} did not start: ${printed.trim()}`)));
  }).finally(() => clearTimeout(timer));
  for (const stream of [child.stdout, child.stderr]) stream.removeAllListeners("data").resume();
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    if (stream instanceof Socket) stream.unref();
  }
  child.unref();
  return child;
}

/** Ends the program in good order; a second call does nothing. */
export async function stopLeashed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = once(child, "exit");
  child.stdin?.end();
  await ended;
}
