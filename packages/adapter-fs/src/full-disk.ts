import { statfs } from "node:fs/promises";
import { hasErrno, ifThere } from "./errno.js";
import { fault } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";

/** The system says ENOSPC for a disk that has room, but no inode for another file, as well. */
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

/** Some file systems (btrfs) count none at all. */
export function hasNoInodes({ files, ffree }: { files: number; ffree: number }): boolean {
  return files > 0 && ffree === 0;
}
