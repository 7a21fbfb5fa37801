// What processes take, read from /proc: Linux alone.
import { readdirSync, readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100; // of /proc, on every Linux

/**
 * User and system time of a process and of its children that have ended: the 14th to 17th field of /proc/PID/stat, the name (in
 * parentheses) being the 2nd. None for a process that has ended itself.
 */
export function cpuSecondsOf(pid) {
  try {
    const ticks = statOf(pid).slice(11, 15).map(Number);
    return ticks.reduce((sum, some) => sum + some, 0) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

export function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) * 1_024;
}

/** Resident memory of several processes, what they share counted once. */
export function sharedOutBytes(pids) {
  return pids.reduce((sum, pid) => {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return sum + Number(/^Pss:\s+(\d+) kB/m.exec(rollup)[1]) * 1_024;
  }, 0);
}

/** A process and all that descend from it. */
export function processTree(pid) {
  return [pid, ...childrenOf(pid).flatMap(processTree)];
}

export function childrenOf(parent) {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid) {
  try {
    return Number(statOf(pid)[1]);
  } catch {
    return undefined; // it has just ended
  }
}

function statOf(pid) {
  return readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
}
