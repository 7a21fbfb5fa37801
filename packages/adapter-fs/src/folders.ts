import { lstat } from "node:fs/promises";
import { dirname } from "node:path";
import type { ObjectRef } from "@keywhen/core/store";
import { folderExists, refuseLinks, renameChecked, rmdirChecked } from "./checked-folder.js";
import { hasErrno, ifThere } from "./errno.js";
import { adjacentFolder } from "./file-names.js";
import { withLocks } from "./key-lock.js";
import { fileInTheWay, makeFolder, makeFoldersInside } from "./make-folders.js";
import type { Place } from "./place.js";
import { fault } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";

/**
 * Throws `no-such-bucket` for a bucket that can't be used: a missing one, unless buckets are created on demand, and one whose
 * path leads over a file. Returns whether the bucket exists.
 */
export async function requireBucket(folder: StoreFolder, bucketFolder: string): Promise<boolean> {
  if (await folderExists(bucketFolder)) return true;
  const file = await fileInTheWay(bucketFolder);
  if (file !== undefined) throw fault("no-such-bucket", `${file} is a file, not a folder`);
  if (folder.createBuckets) return false;
  throw fault("no-such-bucket", `there is no folder ${bucketFolder}: create it`);
}

/**
 * Makes sure that the folder of an object exists and is reached without a link. An object that has the
 * name of a needed folder (`a`, for `a/b`) gets its other name first. All folders are on the disk when this resolves.
 */
export async function prepareFolders(folder: StoreFolder, place: Place): Promise<void> {
  if (await folderExists(place.parent)) return;
  await requireBucket(folder, place.bucketFolder);
  await makeFoldersInside(dirname(place.bucketFolder), place.bucketFolder);
  for (const { path, ref } of place.folders) {
    while (!(await makeFolder(path))) await moveFileAside(folder, path, ref);
  }
  await refuseLinks(place.parent);
}

/** Renames the file of an object that has the name of a needed folder. It takes one step, and readers look at both names. */
async function moveFileAside(
  folder: StoreFolder,
  path: string,
  ref: ObjectRef | undefined,
): Promise<void> {
  await ifThere(refuseLinks(path));
  if (ref === undefined) throw fault("denied", `${path} is a file, not a folder`);
  const { lock } = await folder.place(ref);
  await withLocks(await folder.workplace(), [lock], undefined, async () => {
    const stats = await ifThere(lstat(path));
    if (stats?.isFile()) await renameChecked(path, adjacentFolder(path));
    else if (stats?.isDirectory() === false)
      throw fault("denied", `${path} is neither a file nor a folder`);
  });
}

/** Removes the folders of a deleted object that are empty now. The bucket stays. */
export async function removeEmptyFolders(folders: readonly string[]): Promise<void> {
  for (const path of folders.toReversed()) {
    try {
      await rmdirChecked(path);
    } catch (error) {
      if (hasErrno(error, "ENOTEMPTY", "EEXIST", "ENOTDIR")) return;
      if (!hasErrno(error, "ENOENT")) throw error;
    }
  }
}
