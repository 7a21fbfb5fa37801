import { readFileSync } from "node:fs";

/** Whether a process exists that has not ended: one that has may wait for its parent. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}
