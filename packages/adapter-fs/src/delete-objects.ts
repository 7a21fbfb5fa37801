import { dirname } from "node:path";
import type { DeleteResult, RequestOptions } from "@keywhen/core/store";
import { folderExists, removeFile } from "./checked-folder.js";
import { ifThere } from "./errno.js";
import { removeEmptyFolders, requireBucket } from "./folders.js";
import { withLocks } from "./key-lock.js";
import { locate } from "./object-file.js";
import { bucketFolderOf, type Place } from "./place.js";
import { sidecarPath } from "./sidecar.js";
import { aborted, settled, toStoreError } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";
import { syncFolder } from "./sync.js";

/** How many keys are deleted at a time: enough to keep the system's threads busy. */
const AT_A_TIME = 16;

export async function deleteObjects(
  folder: StoreFolder,
  bucket: string,
  keys: readonly string[],
  call: RequestOptions,
): Promise<readonly DeleteResult[]> {
  const bucketFolder = bucketFolderOf(await folder.root(), bucket);
  await requireBucket(folder, bucketFolder);
  const parents = new Set<string>();
  const deleteOne = async (key: string): Promise<DeleteResult> => {
    try {
      const place = await folder.place({ bucket, key });
      if (await deleteObject(folder, place, call.signal)) parents.add(place.parent);
      return { outcome: "gone" };
    } catch (error) {
      return {
        outcome: "failed",
        error: toStoreError(error, { operation: "delete", bucket, key }),
      };
    }
  };
  const results = await inTurns(keys, deleteOne, call.signal);
  await settled(() => syncNearest(bucketFolder, parents));
  return results;
}

async function inTurns<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  signal: AbortSignal | undefined,
): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += AT_A_TIME) {
    if (signal?.aborted) throw aborted(signal, i > 0);
    results.push(...(await Promise.all(items.slice(i, i + AT_A_TIME).map(work))));
  }
  return results;
}

/** Deletes an object; false if there was nothing to delete. */
async function deleteObject(
  folder: StoreFolder,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (!(await folderExists(place.parent))) return false;
  const workplace = await folder.workplace();
  const deleted = await withLocks(workplace, [place.lock], signal, async () => {
    let count = 0;
    // There is a second round only if a user has put another file next to the first.
    for (let { file } = await locate(place); file; { file } = await locate(place)) {
      await removeFile(file.path);
      await settled(() => removeFile(sidecarPath(place, file.stamp)));
      count++;
    }
    return count > 0;
  });
  if (deleted) await removeFolders(place);
  return deleted;
}

/** Removes the folders of a deleted object that are empty now. */
export async function removeFolders(place: Place): Promise<void> {
  await removeEmptyFolders(place.folders.map(({ path }) => path));
  await removeEmptyFolders(place.sidecarFolders);
}

/** Puts the deletions on the disk: in each folder, or in the nearest folder above that still exists. */
async function syncNearest(bucketFolder: string, folders: Iterable<string>): Promise<void> {
  for (const folder of folders) {
    for (let path = folder; ; path = dirname(path)) {
      const synced = await ifThere(syncFolder(path).then(() => true));
      if (synced || path === bucketFolder) break;
    }
  }
}
