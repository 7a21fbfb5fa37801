import type { CopyOptions, CopyResult, ObjectRef, RequestOptions } from "@keywhen/core/store";
import { addSidecar } from "./add-sidecar.js";
import { copyObject } from "./copy-object.js";
import { hasErrno, succeeds } from "./errno.js";
import { requireBucket } from "./folders.js";
import { locate, type ObjectFile, type Spot } from "./object-file.js";
import type { Place } from "./place.js";
import { whileFoldersChange } from "./put-in-place.js";
import { restamp } from "./restamp.js";
import { linkSidecar, newSidecar, sidecarPath } from "./sidecar.js";
import { type Steps, waitFor } from "./steps.js";
import { fault, settled, throwIfAborted } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";

/**
 * Moves an object in one step, a rename. Between two disks there is no such step, so the move is refused and
 * nothing changes. A rename is not forced onto the disk: after a power failure the object has its old name
 * or its new one.
 */
export function* moveObject(
  folder: StoreFolder,
  source: ObjectRef,
  target: ObjectRef,
  options: CopyOptions & RequestOptions,
): Steps<CopyResult> {
  const { folders } = folder.disk;
  const from = yield* folder.place(source);
  const to = yield* folder.place(target);
  if (!(yield* folders.exists(from.parent))) return { outcome: "source-gone" };
  const isSame = from.plain === to.plain;
  if (isSame || !(yield* folders.exists(to.parent))) {
    if ((yield* locate(folder.disk.calls, from)).file === undefined)
      return { outcome: "source-gone" };
    yield* requireBucket(folder, to.bucketFolder);
  }
  if (isSame) {
    if (options.metadata === undefined) return { outcome: "copied" };
    return yield* copyObject(folder, source, source, options);
  }
  try {
    const isMoved = yield* whileFoldersChange(folder, to, () => rename(folder, from, to, options));
    // A source that vanished at the last moment leaves folders made for the target.
    yield* settled(waitFor(folder.emptyFolders.remove(isMoved ? from : to)));
    return { outcome: isMoved ? "copied" : "source-gone" };
  } catch (error) {
    if (!hasErrno(error, "EXDEV")) throw error;
    yield* waitFor(folder.emptyFolders.remove(to));
    throw unmovable(from, to, error);
  }
}

function unmovable(from: Place, to: Place, cause: unknown): Error {
  const message = `${to.parent} is on another disk than ${from.parent}: copy the object instead`;
  return fault("not-supported", message, { cause });
}

/** False if the source is missing. */
function* rename(
  folder: StoreFolder,
  from: Place,
  to: Place,
  { metadata, signal }: CopyOptions & RequestOptions,
): Steps<boolean> {
  const { disk } = folder;
  return yield* folder.locks.hold([from.lock, to.lock], signal, function* () {
    throwIfAborted(signal);
    const found = (yield* locate(disk.calls, from)).file;
    if (found === undefined) return false;
    const target = yield* locate(disk.calls, to);
    const file = yield* giveSidecar(folder, from, to, found, metadata);
    yield* renameBody(folder, file, to, target);
    yield* settled(dropOldSidecars(folder, from, to, file, target));
    return true;
  });
}

/**
 * Makes the target's sidecar: the source's, or one with other metadata. A file that a user has put there has none. If the target
 * has a sidecar for this stamp (of another body of the same length and instant, or left in a crash), the body gets another.
 */
function* giveSidecar(
  folder: StoreFolder,
  from: Place,
  to: Place,
  file: ObjectFile,
  metadata: CopyOptions["metadata"],
): Steps<ObjectFile> {
  const isGiven = yield* succeeds(
    metadata === undefined
      ? linkSidecar(folder.disk, sidecarPath(from, file.stamp), to, file.stamp)
      : writeSidecar(folder, from, to, file, metadata),
    "EEXIST",
  );
  if (isGiven) return file;
  const later = yield* restamp(folder, from, file);
  return yield* giveSidecar(folder, from, to, later, metadata);
}

function* writeSidecar(
  folder: StoreFolder,
  from: Place,
  to: Place,
  { stamp }: ObjectFile,
  metadata: NonNullable<CopyOptions["metadata"]>,
): Steps<void> {
  const sidecar = newSidecar({
    ...(yield* folder.sidecarReader.read(from, stamp)),
    metadata,
  });
  yield* addSidecar(folder, to, stamp, sidecar);
}

function* renameBody(
  { disk }: StoreFolder,
  file: ObjectFile,
  to: Place,
  target: Spot,
): Steps<void> {
  try {
    yield* disk.rename(file.path, target.path);
    // A link may have replaced the file at the last moment, and a reader of the target might follow it.
    const moved = yield* disk.at(target.path, disk.calls.quickLstat);
    if (!moved?.isSymbolicLink()) return;
    yield* disk.unlink(target.path);
    throw fault(
      "denied",
      `${file.path} has become a symbolic link, which is not followed: remove it`,
    );
  } catch (error) {
    yield* disk.removeFile(sidecarPath(to, file.stamp));
    throw error;
  }
}

function* dropOldSidecars(
  { disk }: StoreFolder,
  from: Place,
  to: Place,
  file: ObjectFile,
  target: Spot,
): Steps<void> {
  yield* disk.removeFile(sidecarPath(from, file.stamp));
  const old = target.file?.stamp;
  if (old !== undefined && old !== file.stamp) yield* disk.removeFile(sidecarPath(to, old));
}
