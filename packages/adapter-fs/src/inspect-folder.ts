import { constants } from "node:fs";
import type { Finding } from "@keywhen/core/store";
import { hasErrno, ifThere, unless } from "./errno.js";
import { requireBucket } from "./folders.js";
import { bucketFolderOf } from "./place.js";
import { type Steps, waitFor } from "./steps.js";
import { fault, toStoreError } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";

const NAME = "folder";
/** What a few events and a lease need at least. */
const LEAST_FREE_BYTES = 1_000_000;

/** Whether the folder of a schedule is there, may be written, and has room. Reads only. */
export async function inspectFolder(folder: StoreFolder, bucket: string): Promise<Finding> {
  try {
    return await folder.turns.run(look(folder, bucket));
  } catch (error) {
    const explained = await explainFullDisk(folder, error);
    const { message } = toStoreError(explained, { operation: "head", bucket });
    return { name: NAME, status: "fail", detail: message, hint: "correct that, or the store URL" };
  }
}

function* look(folder: StoreFolder, bucket: string): Steps<Finding> {
  const { calls } = folder.disk;
  const root = yield* folder.root();
  const path = bucketFolderOf(root, bucket);
  if (!(yield* requireBucket(folder, path))) {
    const detail = `there is no folder ${path} yet; the first event creates it`;
    const hint = "if you expected one, correct the store URL";
    return { name: NAME, status: "warn", detail, hint };
  }
  yield* waitFor(calls.access(path, constants.W_OK));
  yield* unless(waitFor(calls.access(root, constants.W_OK)), "ENOENT");
  const { bavail, bsize, files, ffree } = yield* waitFor(calls.statfs(path));
  if (hasNoInodes({ files, ffree }))
    return full(`the disk of ${path} has no free inodes`, "delete some files");
  if (bavail * bsize < LEAST_FREE_BYTES)
    return full(`the disk of ${path} is full`, "free some space");
  const free = Math.floor((bavail * bsize) / 1_000_000);
  return { name: NAME, status: "ok", detail: `${path} can be written; ${free} MB are free` };
}

function full(detail: string, hint: string): Finding {
  return { name: NAME, status: "fail", detail, hint };
}

/** Explains ENOSPC, which the system also reports for a disk that has room but no inode for another file. */
export async function explainFullDisk(
  { root, turns, disk: { calls } }: Pick<StoreFolder, "root" | "turns" | "disk">,
  error: unknown,
): Promise<unknown> {
  if (!hasErrno(error, "ENOSPC")) return error;
  const found = function* () {
    return yield* ifThere(waitFor(calls.statfs(yield* root())));
  };
  const disk = await turns.run(found());
  if (disk === undefined || !hasNoInodes(disk)) return error;
  const message = "the disk has no free inodes (ENOSPC), so it can hold no more files: delete some";
  return fault("unavailable", message, { cause: error });
}

/** Some file systems (btrfs) don't count inodes. */
export function hasNoInodes({ files, ffree }: { files: number; ffree: number }): boolean {
  return files > 0 && ffree === 0;
}
