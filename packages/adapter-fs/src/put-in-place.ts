import { dirname } from "node:path";
import type { PutCondition } from "@keywhen/core/store";
import { linkChecked, removeFile } from "./checked-folder.js";
import { hasErrno, ifThere } from "./errno.js";
import { prepareFolders } from "./folders.js";
import { withLocks } from "./key-lock.js";
import { describeObject, locate, type Spot } from "./object-file.js";
import { onSameDisk } from "./other-disk.js";
import type { Place } from "./place.js";
import { attachSidecar, readSidecar, sidecarPath } from "./sidecar.js";
import { settled, throwIfAborted } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";
import { syncFolder } from "./sync.js";

/** Temporary files with all of a new object, on the disk already. */
export interface StagedObject {
  readonly body: string;
  readonly sidecar: string;
}

/** How often a call starts again because other calls make and remove its folders. */
const MOST_ATTEMPTS = 100;
/** Errors of paths whose folders have changed: one is gone or now a file, or a new folder or file has the path. */
const FOLDERS_CHANGED = ["ENOENT", "ENOTDIR", "EISDIR", "EEXIST"];

/** Puts a staged object in its place, whole and in one step, if the condition holds at that moment. */
export async function putInPlace(
  folder: StoreFolder,
  place: Place,
  staged: StagedObject,
  options: { condition?: PutCondition | undefined; signal?: AbortSignal | undefined },
): Promise<"written" | "exists" | "changed"> {
  const { condition, signal } = options;
  const workplace = await folder.workplace();
  const attempt = (body: string) =>
    withLocks(workplace, [place.lock], signal, async () => {
      throwIfAborted(signal);
      const spot = await locate(place);
      const refusal = await refusalOf(condition, place, spot);
      if (refusal !== undefined) return refusal;
      const isNew = condition?.if === "absent";
      return replace(folder, place, spot, { ...staged, body }, isNew);
    });
  const outcome = await whileFoldersChange(folder, place, () =>
    onSameDisk(workplace, place, staged.body, attempt),
  );
  if (outcome === "written") {
    await settled(() => Promise.all([place.parent, dirname(place.sidecar)].map(syncIfThere)));
  }
  return outcome;
}

/** Makes the folders of a place and does something there. Does both again if another call removes the folders. */
export async function whileFoldersChange<T>(
  folder: StoreFolder,
  place: Place,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      await prepareFolders(folder, place);
      return await attempt();
    } catch (error) {
      if (count === MOST_ATTEMPTS || !hasErrno(error, ...FOLDERS_CHANGED)) throw error;
    }
  }
}

/** Returns why the condition of a put forbids it, or undefined. Only the holder of the object's lock can rely on it. */
export async function refusalOf(
  condition: PutCondition | undefined,
  place: Place,
  { file }: Spot,
): Promise<"exists" | "changed" | undefined> {
  if (condition === undefined) return undefined;
  if (condition.if === "absent") return file === undefined ? undefined : "exists";
  if (file === undefined) return "changed";
  const { version } = describeObject(file.stats, await readSidecar(place, file.stamp));
  return version === condition.version ? undefined : "changed";
}

/** Puts the sidecar in place first, then the body, and then removes the old sidecar. */
async function replace(
  folder: StoreFolder,
  place: Place,
  spot: Spot,
  staged: StagedObject,
  isNew: boolean,
): Promise<"written"> {
  const sidecar = await attachSidecar(place, staged.sidecar, staged.body);
  try {
    // A link never replaces a file, not even one that a user has just put there.
    if (isNew) await linkChecked(staged.body, spot.path);
    else await folder.rename(staged.body, spot.path);
  } catch (error) {
    await removeFile(sidecar);
    throw error;
  }
  const { file } = spot;
  if (file !== undefined) await settled(() => removeFile(sidecarPath(place, file.stamp)));
  return "written";
}

/** A folder that another call has removed has nothing to put on the disk. */
function syncIfThere(path: string): Promise<void> {
  return ifThere(syncFolder(path));
}
