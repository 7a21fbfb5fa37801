// The system calls that one move of the file store makes, by themselves: links, renames and looks, without any decision.
import { createHash } from "node:crypto";
import { linkSync, lstatSync, mkdirSync, readdirSync, renameSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { SCHEDULE, TARGET, targetOf } from "../ceph-home.mjs";

const LOOK = { bigint: true, throwIfNoEntry: false };
/** The store lets other work go on after so many moves, and so does the loop. */
const MOVES_PER_TURN = 64;

/** Moves events as the store does: with its locks and its sidecars. Every key must have one sidecar. */
export async function bareMoves(folder, keys) {
  const control = join(folder, ".keywhen");
  const [id] = readdirSync(join(control, "work"));
  const owner = join(control, "work", id, "owner");
  const lockOf = (bucket, key) => {
    const hash = createHash("sha256").update(`${bucket}/${key}`).digest("hex");
    return join(control, "locks", hash.slice(0, 40));
  };
  const fileOf = (key) =>
    key
      .split("/")
      .map((name) => name.replaceAll(":", "%3A").replaceAll("|", "%7C"))
      .join("/");
  const plan = keys.map((key) => ({
    from: join(folder, SCHEDULE, fileOf(key)),
    to: join(folder, TARGET, targetOf(key)),
    fromSidecar: join(control, "meta", SCHEDULE, fileOf(key)),
    toSidecar: join(control, "meta", TARGET, targetOf(key)),
    locks: [lockOf(SCHEDULE, key), lockOf(TARGET, targetOf(key))],
  }));
  const folders = new Set(plan.flatMap(({ to, toSidecar }) => [dirname(to), dirname(toSidecar)]));
  for (const path of folders) mkdirSync(path, { recursive: true });
  for (const [index, one] of plan.entries()) {
    if (index % MOVES_PER_TURN === 0) await new Promise(setImmediate);
    moveOne(owner, one);
  }
}

function moveOne(owner, { from, to, fromSidecar, toSidecar, locks }) {
  lstatSync(from, LOOK); // by the listing
  for (const lock of locks) linkSync(owner, lock);
  const { mtimeNs, size } = lstatSync(from, LOOK);
  const stamp = `%meta-${mtimeNs.toString(36)}-${size.toString(36)}`;
  lstatSync(to, LOOK);
  lstatSync(`${to}%file`, LOOK);
  linkSync(fromSidecar + stamp, toSidecar + stamp);
  renameSync(from, to);
  lstatSync(to, LOOK);
  unlinkSync(fromSidecar + stamp);
  for (const lock of locks) unlinkSync(lock);
}
