import type { BigIntStats } from "node:fs";
import { dirname } from "node:path";
import type { Steps } from "./steps.js";
import type { SystemCalls } from "./system-calls.js";

const OTHERS_WRITE = 0o022n;
const STICKY = 0o1000n;

/**
 * Whether only this process's user and root can put something else in the place of a folder. The group's bits also cover what
 * an access control list allows.
 */
export function* isPrivate(calls: SystemCalls, folder: string): Steps<boolean> {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if (!(yield* isKeptIn(calls, at, dirname(at)))) return false;
  }
  return true;
}

/** Whether only this process's user and root can replace a folder in the one above it. */
export function* isKeptIn(calls: SystemCalls, folder: string, above: string): Steps<boolean> {
  const [own, other] = [yield* calls.lstat(folder), yield* calls.lstat(above)];
  const user = BigInt(process.geteuid?.() ?? -1);
  return own !== undefined && other !== undefined && isKept(own, other, user);
}

/** Whether only this user and root can rename or remove an entry of a folder. */
export function isKept(
  entry: Pick<BigIntStats, "uid">,
  folder: Pick<BigIntStats, "uid" | "mode">,
  user: bigint,
): boolean {
  const isOurs = ({ uid }: Pick<BigIntStats, "uid">) => uid === user || uid === 0n;
  if (!isOurs(folder)) return false;
  return (folder.mode & OTHERS_WRITE) === 0n || ((folder.mode & STICKY) !== 0n && isOurs(entry));
}
