import { lstat } from "node:fs/promises";
import type { CopyOptions, CopyResult, ObjectRef, RequestOptions } from "@keywhen/core/store";
import { inCheckedFolder, unlinkChecked } from "./checked-folder.js";
import { copyObject } from "./copy-object.js";
import { removeFolders } from "./delete-objects.js";
import { hasErrno, ifThere } from "./errno.js";
import { folderExists, requireBucket } from "./folders.js";
import { withLocks } from "./key-lock.js";
import { locate, type ObjectFile, type Spot } from "./object-file.js";
import type { Place } from "./place.js";
import { whileFoldersChange } from "./put-in-place.js";
import { withStaged } from "./put-object.js";
import { stampFor } from "./restamp.js";
import { dropSidecar, linkSidecar, newSidecar, readSidecar, sidecarPath } from "./sidecar.js";
import { fault, settled, throwIfAborted } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";

/**
 * Moves an object in one step, a rename. Between two disks there is no such step: the move is refused and
 * nothing changes. A rename is not forced onto the disk: after a power failure the object has its old name
 * or its new one.
 */
export async function moveObject(
  folder: StoreFolder,
  source: ObjectRef,
  target: ObjectRef,
  options: CopyOptions & RequestOptions,
): Promise<CopyResult> {
  const from = await folder.place(source);
  const to = await folder.place(target);
  if (!(await folderExists(from.parent))) return { outcome: "source-gone" };
  if ((await locate(from)).file === undefined) return { outcome: "source-gone" };
  await requireBucket(folder, to.bucketFolder);
  if (from.lock === to.lock) return copyOntoItself(folder, source, options);
  try {
    const moved = await whileFoldersChange(folder, to, () => rename(folder, from, to, options));
    // A source that vanished at the last moment leaves folders made for the target.
    await settled(() => removeFolders(moved ? from : to));
    return { outcome: moved ? "copied" : "source-gone" };
  } catch (error) {
    if (!hasErrno(error, "EXDEV")) throw error;
    await removeFolders(to);
    throw unmovable(from, to, error);
  }
}

function unmovable(from: Place, to: Place, cause: unknown): Error {
  const message = `${to.parent} is on another disk than ${from.parent}, so an object can only be copied there`;
  return fault("not-supported", message, { cause });
}

async function copyOntoItself(
  folder: StoreFolder,
  ref: ObjectRef,
  options: CopyOptions & RequestOptions,
): Promise<CopyResult> {
  if (options.metadata === undefined) return { outcome: "copied" };
  return copyObject(folder, ref, ref, options);
}

/** False if the source is missing. */
async function rename(
  folder: StoreFolder,
  from: Place,
  to: Place,
  { metadata, signal }: CopyOptions & RequestOptions,
): Promise<boolean> {
  const workplace = await folder.workplace();
  return withLocks(workplace, [from.lock, to.lock], signal, async () => {
    throwIfAborted(signal);
    const found = (await locate(from)).file;
    if (found === undefined) return false;
    const file = await stampFor(workplace, to, from, found);
    const target = await locate(to);
    await giveSidecar(folder, from, to, file, metadata);
    await renameBody(folder, file, to, target);
    await settled(() => dropOldSidecars(from, to, file, target));
    return true;
  });
}

/** The target's sidecar: the source's own, or one with other metadata. A body put there by hand has none. */
async function giveSidecar(
  folder: StoreFolder,
  from: Place,
  to: Place,
  file: ObjectFile,
  metadata: CopyOptions["metadata"],
): Promise<void> {
  if (metadata === undefined) {
    await linkSidecar(sidecarPath(from, file.stamp), to, file.stamp);
    return;
  }
  const sidecar = newSidecar({ ...(await readSidecar(from, file.stamp)), metadata });
  await withStaged(folder, sidecar, (staged) => linkSidecar(staged.sidecar, to, file.stamp));
}

async function renameBody(
  folder: StoreFolder,
  file: ObjectFile,
  to: Place,
  target: Spot,
): Promise<void> {
  try {
    await folder.rename(file.path, target.path);
    await checkMoved(file, target.path);
  } catch (error) {
    await dropSidecar(sidecarPath(to, file.stamp));
    throw error;
  }
}

/** A link that was swapped in for the file at the last moment is removed again: a reader of the target might follow it. */
async function checkMoved(file: ObjectFile, path: string): Promise<void> {
  const moved = await ifThere(inCheckedFolder(path, (at) => lstat(at)));
  if (!moved?.isSymbolicLink()) return;
  await unlinkChecked(path);
  throw fault("denied", `${file.path} has become a symbolic link; links are not followed`);
}

async function dropOldSidecars(
  from: Place,
  to: Place,
  file: ObjectFile,
  target: Spot,
): Promise<void> {
  await dropSidecar(sidecarPath(from, file.stamp));
  if (target.file !== undefined) await dropSidecar(sidecarPath(to, target.file.stamp));
}
