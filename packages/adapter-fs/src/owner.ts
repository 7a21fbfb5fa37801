import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { hasErrno } from "./errno.js";

/** Where Linux describes its processes. Other systems have no such folder. */
const PROC = "/proc";

/** A process that keeps temporary files and locks in the folder, with what is needed to find out whether it is alive. */
export interface Owner {
  /** Unique for each opened store. */
  readonly id: string;
  readonly pid: number;
  /** Processes of one machine (one boot, one container) can see each other's pids. */
  readonly machine: string;
  /** The start of the process, which distinguishes it from a later one with its pid; empty if the system doesn't report it. */
  readonly startedAt: string;
}

export function describeSelf(proc = PROC): Owner {
  const [machine, startedAt] = [machineOf(proc), startOf(process.pid, proc)];
  return { id: randomBytes(9).toString("hex"), pid: process.pid, machine, startedAt };
}

/** An owner file that can't be read (a power failure may empty it) counts as that of an unknown machine. */
const UNKNOWN: Owner = { id: "unknown", pid: 0, machine: "unknown", startedAt: "" };

export function parseOwner(text: string): Owner {
  const [id, pid, machine, startedAt, end] = text.split("\n");
  if (!id || !pid || !machine || startedAt === undefined || end === undefined) return UNKNOWN;
  return { id, pid: Number(pid), machine, startedAt };
}

export function printOwner({ id, pid, machine, startedAt }: Owner): string {
  return [id, pid, machine, startedAt, ""].join("\n");
}

/**
 * Whether a process has ended. A frozen one has not. A process of another machine can't be seen: it counts as ended when it
 * has given no sign for `silentMs` and that is longer than `patienceMs`.
 */
export function hasEnded(owner: Owner, self: Owner, silentMs: number, patienceMs: number): boolean {
  if (owner.machine !== self.machine) return silentMs > patienceMs;
  if (!pidIsTaken(owner.pid)) return true;
  return owner.startedAt !== "" && owner.startedAt !== startOf(owner.pid);
}

function pidIsTaken(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !hasErrno(error, "ESRCH");
  }
}

function machineOf(proc: string): string {
  const boot = ofProcess(() => readFileSync(`${proc}/sys/kernel/random/boot_id`, "utf8"));
  const pidSpace = ofProcess(() => readlinkSync(`${proc}/self/ns/pid`));
  return [hostname(), boot.trim(), pidSpace].join(" ");
}

/** When a process began, in the system's own unit: field 22 of Linux's `/proc/<pid>/stat`. */
function startOf(pid: number, proc = PROC): string {
  const stat = ofProcess(() => readFileSync(`${proc}/${pid}/stat`, "utf8"));
  // The program's name, field 2, is in parentheses and may hold anything.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

/** What the kernel reports in `/proc`, which takes no disk; empty if it doesn't. */
function ofProcess(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (hasErrno(error, "ENOENT", "ENOTDIR", "ESRCH", "EACCES", "EPERM")) return "";
    throw error;
  }
}
