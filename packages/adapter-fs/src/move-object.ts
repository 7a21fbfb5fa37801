import { lstat } from "node:fs/promises";
import type { CopyOptions, CopyResult, ObjectRef, RequestOptions } from "@keywhen/core/store";
import {
  folderExists,
  inCheckedFolder,
  linkChecked,
  removeFile,
  unlinkChecked,
  utimesChecked,
  writeNew,
} from "./checked-folder.js";
import { copyObject } from "./copy-object.js";
import { removeFolders } from "./delete-objects.js";
import { hasErrno, ifThere } from "./errno.js";
import { requireBucket } from "./folders.js";
import { withLocks } from "./key-lock.js";
import { locate, type ObjectFile, type Spot } from "./object-file.js";
import type { Place } from "./place.js";
import { whileFoldersChange } from "./put-in-place.js";
import { withStaged } from "./put-object.js";
import {
  laterThan,
  linkSidecar,
  newSidecar,
  readSidecar,
  sidecarPath,
  stampOf,
} from "./sidecar.js";
import { fault, settled, throwIfAborted } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";
import type { Workplace } from "./workplace.js";

/**
 * Moves an object in one step, a rename. Between two disks there is no such step, so the move is refused and
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
  if (from.lock === to.lock) {
    if (options.metadata === undefined) return { outcome: "copied" };
    return copyObject(folder, source, source, options);
  }
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

/** Makes the target's sidecar: the source's, or one with other metadata. A file that a user has put there has none. */
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
    await removeFile(sidecarPath(to, file.stamp));
    throw error;
  }
}

/** Removes a link that has replaced the file at the last moment: a reader of the target might follow it. */
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
  await removeFile(sidecarPath(from, file.stamp));
  if (target.file !== undefined) await removeFile(sidecarPath(to, target.file.stamp));
}

/**
 * Makes sure before a move that the target has no sidecar for the stamp of the body. Another body of the same length and
 * instant may have one, or may have left it in a crash. Only for the holder of both locks.
 */
async function stampFor(
  workplace: Workplace,
  to: Place,
  from: Place,
  file: ObjectFile,
): Promise<ObjectFile> {
  const taken = await ifThere(lstat(sidecarPath(to, file.stamp)));
  if (taken === undefined) return file;
  return stampFor(workplace, to, from, await restamp(workplace, from, file));
}

/** File systems round instants differently. An empty file shows the result, so that the sidecar can be made first. */
async function restamp(workplace: Workplace, place: Place, file: ObjectFile): Promise<ObjectFile> {
  const time = laterThan(file.stats.mtimeNs);
  const trial = workplace.temporary();
  try {
    await writeNew(trial, "");
    await utimesChecked(trial, time);
    const { mtimeNs } = await lstat(trial, { bigint: true });
    const stamp = stampOf({ mtimeNs, size: file.stats.size });
    await ifThere(linkChecked(sidecarPath(place, file.stamp), sidecarPath(place, stamp)));
    await utimesChecked(file.path, time);
    await removeFile(sidecarPath(place, file.stamp));
    const stats = await lstat(file.path, { bigint: true });
    return { path: file.path, stats, stamp };
  } finally {
    await removeFile(trial);
  }
}
