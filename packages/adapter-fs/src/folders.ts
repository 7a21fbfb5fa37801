import { dirname } from "node:path";
import type { ObjectRef } from "@keywhen/core/store";
import { hasErrno, ifThere } from "./errno.js";
import { adjacentFolder } from "./file-names.js";
import { fileInTheWay, makeFolder, makeFoldersInside } from "./make-folders.js";
import { refuseLinks } from "./open-folders.js";
import type { Place } from "./place.js";
import type { Steps } from "./steps.js";
import { fault } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";

/**
 * Throws `no-such-bucket` for a bucket that can't be used: a missing one, unless buckets are created on demand, and one whose
 * path leads over a file. Returns whether the bucket exists.
 */
export function* requireBucket(folder: StoreFolder, bucketFolder: string): Steps<boolean> {
  if (yield* folder.disk.folders.exists(bucketFolder)) return true;
  const file = yield* fileInTheWay(folder.disk.calls, bucketFolder);
  if (file !== undefined) throw fault("no-such-bucket", `${file} is a file, not a folder`);
  if (folder.createBuckets) return false;
  throw fault("no-such-bucket", `there is no folder ${bucketFolder}: create it`);
}

/**
 * Makes sure that the folder of an object exists and is reached without a link. An object that has the
 * name of a needed folder (`a`, for `a/b`) gets its other name first. All folders are on the disk when this ends.
 */
export function* prepareFolders(folder: StoreFolder, place: Place): Steps<void> {
  const { disk } = folder;
  if (yield* disk.folders.exists(place.parent)) return;
  yield* requireBucket(folder, place.bucketFolder);
  yield* makeFoldersInside(disk, dirname(place.bucketFolder), place.bucketFolder);
  for (const { path, ref } of place.folders) {
    if (yield* disk.folders.exists(path)) continue;
    while (!(yield* makeFolder(disk, path))) yield* moveFileAside(folder, path, ref);
  }
  yield* refuseLinks(disk.calls, place.parent);
}

/** Renames the file of an object that has the name of a needed folder. It takes one step, and readers look at both names. */
function* moveFileAside(
  folder: StoreFolder,
  path: string,
  ref: ObjectRef | undefined,
): Steps<void> {
  const { disk } = folder;
  yield* ifThere(refuseLinks(disk.calls, path));
  if (ref === undefined) throw fault("denied", `${path} is a file, not a folder`);
  const { lock } = yield* folder.place(ref);
  yield* folder.locks.hold([lock], undefined, function* () {
    const stats = yield* disk.calls.lstat(path);
    if (stats?.isFile()) yield* disk.rename(path, adjacentFolder(path));
    else if (stats?.isDirectory() === false)
      throw fault(
        "denied",
        `${path} is neither a file nor a folder: remove it, or choose another key`,
      );
  });
}

/** Removes the folders that are empty, innermost first. */
export function* removeEmptyFolders(
  { disk }: Pick<StoreFolder, "disk">,
  folders: readonly string[],
): Steps<void> {
  for (const path of folders.toReversed()) {
    try {
      yield* disk.rmdir(path);
    } catch (error) {
      if (hasErrno(error, "ENOTEMPTY", "EEXIST", "ENOTDIR")) return;
      if (!hasErrno(error, "ENOENT")) throw error;
    }
  }
}
