import { spawnSync } from "node:child_process";

const known = new Map<string, boolean>();

/** Whether a program starts: one that lacks a library counts as missing. */
export function canRun(program: string, args: readonly string[] = ["--version"]): boolean {
  const command = [program, ...args].join(" ");
  const before = known.get(command);
  if (before !== undefined) return before;
  const runs = spawnSync(program, args, { stdio: "ignore", timeout: 30_000 }).status === 0;
  known.set(command, runs);
  return runs;
}
