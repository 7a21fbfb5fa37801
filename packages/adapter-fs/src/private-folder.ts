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
  const user = BigInt(process.geteuid?.() ?? -1);
  let own = yield* calls.lstat(folder);
  for (let at = dirname(folder), below = folder; at !== below; below = at, at = dirname(at)) {
    const above = yield* calls.lstat(at);
    if (own === undefined || above === undefined || !isKept(own, above, user)) return false;
    own = above;
  }
  return true;
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
