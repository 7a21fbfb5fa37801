import { dirname } from "node:path";
import type { DeleteResult, RequestOptions } from "@keywhen/core/store";
import { requireBucket } from "./folders.js";
import { fileAt, locate, type ObjectFile } from "./object-file.js";
import { bucketFolderOf, type Place } from "./place.js";
import { sidecarPath } from "./sidecar.js";
import { type Steps, waitFor } from "./steps.js";
import { aborted, settled, toStoreError } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";

/** How many keys are deleted in one turn. */
const AT_A_TIME = 32;

export function* deleteObjects(
  folder: StoreFolder,
  bucket: string,
  keys: readonly string[],
  { signal }: RequestOptions,
): Steps<readonly DeleteResult[]> {
  const bucketFolder = bucketFolderOf(yield* folder.root(), bucket);
  yield* requireBucket(folder, bucketFolder);
  const parents = new Set<string>();
  const deleteOne = function* (key: string): Steps<DeleteResult> {
    try {
      const place = yield* folder.place({ bucket, key });
      if (yield* deleteObject(folder, place, signal)) parents.add(place.parent);
      return { outcome: "gone" };
    } catch (error) {
      return {
        outcome: "failed",
        error: toStoreError(error, { operation: "delete", bucket, key }),
      };
    }
  };
  const results: DeleteResult[] = [];
  for (let i = 0; i < keys.length; i += AT_A_TIME) {
    if (signal?.aborted) throw aborted(signal, i > 0);
    const some = keys.slice(i, i + AT_A_TIME).map((key) => folder.turns.run(deleteOne(key)));
    results.push(...(yield* waitFor(Promise.all(some))));
  }
  yield* settled(syncNearest(folder, bucketFolder, parents));
  return results;
}

/** Deletes an object; false if there was nothing to delete. */
function* deleteObject(
  folder: StoreFolder,
  place: Place,
  signal: AbortSignal | undefined,
): Steps<boolean> {
  const { disk } = folder;
  if (!(yield* disk.folders.exists(place.parent))) return false;
  const deleted = yield* folder.locks.hold([place.lock], signal, function* () {
    const found = (yield* locate(disk.calls, place)).file;
    if (found === undefined) return false;
    yield* removeObject(disk, place, found);
    // A user may have put another file next to the first.
    const other = yield* disk.calls.lstat(place.adjacent);
    if (other?.isFile()) yield* removeObject(disk, place, fileAt(place.adjacent, other));
    return true;
  });
  if (deleted) yield* waitFor(folder.emptyFolders.remove(place));
  return deleted;
}

function* removeObject(
  disk: StoreFolder["disk"],
  place: Place,
  { path, stamp }: ObjectFile,
): Steps<void> {
  yield* disk.removeFile(path);
  yield* settled(disk.removeFile(sidecarPath(place, stamp)));
}

/** Puts the deletions on the disk: in each folder, or in the nearest folder above that still exists. */
function* syncNearest(
  { disk: { syncs } }: StoreFolder,
  bucketFolder: string,
  folders: Iterable<string>,
): Steps<void> {
  for (const folder of folders) {
    for (let path = folder; ; path = dirname(path)) {
      const isSynced = yield* waitFor(syncs.sync(path));
      if (isSynced || path === bucketFolder) break;
    }
  }
}
