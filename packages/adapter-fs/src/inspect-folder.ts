import { constants } from "node:fs";
import { access, statfs } from "node:fs/promises";
import type { Finding } from "@keywhen/core/store";
import { hasErrno, ifThere, unless } from "./errno.js";
import { requireBucket } from "./folders.js";
import { bucketFolderOf } from "./place.js";
import { fault, toStoreError } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";

const NAME = "folder";
/** What a few events and a lease need at least. */
const LEAST_FREE_BYTES = 1_000_000;

/** Whether the folder of a schedule is there, may be written, and has room. Reads only. */
export async function inspectFolder(folder: StoreFolder, bucket: string): Promise<Finding> {
  try {
    return await look(folder, bucket);
  } catch (error) {
    const explained = await explainFullDisk(folder, error);
    const { message } = toStoreError(explained, { operation: "head", bucket });
    return { name: NAME, status: "fail", detail: message, hint: "correct that, or the store URL" };
  }
}

async function look(folder: StoreFolder, bucket: string): Promise<Finding> {
  const root = await folder.root();
  const path = bucketFolderOf(root, bucket);
  if (!(await requireBucket(folder, path))) {
    const detail = `there is no folder ${path} yet; the first event creates it`;
    const hint = "if you expected one, correct the store URL";
    return { name: NAME, status: "warn", detail, hint };
  }
  await access(path, constants.W_OK);
  await unless(access(root, constants.W_OK), "ENOENT");
  const { bavail, bsize, files, ffree } = await statfs(path);
  if (hasNoInodes({ files, ffree })) return full(`the disk of ${path} has no free inodes`);
  if (bavail * bsize < LEAST_FREE_BYTES) return full(`the disk of ${path} is full`);
  const free = Math.floor((bavail * bsize) / 1_000_000);
  return { name: NAME, status: "ok", detail: `${path} can be written; ${free} MB are free` };
}

function full(detail: string): Finding {
  return { name: NAME, status: "fail", detail, hint: "make room" };
}

/** Explains ENOSPC, which the system also reports for a disk that has room but no inode for another file. */
export async function explainFullDisk(
  { root }: Pick<StoreFolder, "root">,
  error: unknown,
): Promise<unknown> {
  if (!hasErrno(error, "ENOSPC")) return error;
  const disk = await ifThere(statfs(await root()));
  if (disk === undefined || !hasNoInodes(disk)) return error;
  return fault("unavailable", "the disk has no free inodes: it can hold no more files (ENOSPC)", {
    cause: error,
  });
}

/** Some file systems (btrfs) don't count inodes. */
export function hasNoInodes({ files, ffree }: { files: number; ffree: number }): boolean {
  return files > 0 && ffree === 0;
}
