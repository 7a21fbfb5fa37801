import type { PutCondition } from "@keywhen/core/store";
import { hasErrno } from "./errno.js";
import { prepareFolders } from "./folders.js";
import { describeObject, locate, type Spot } from "./object-file.js";
import type { Place } from "./place.js";
import { sidecarPath } from "./sidecar.js";
import type { StagedObject } from "./staged-body.js";
import { type Steps, waitFor } from "./steps.js";
import { settled, throwIfAborted } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";

export interface PlaceOptions {
  readonly condition?: PutCondition | undefined;
  readonly signal?: AbortSignal | undefined;
}

type PlaceOutcome = "written" | "exists" | "changed";

/** How often a call starts again because other calls make and remove its folders. */
const MOST_ATTEMPTS = 100;
/** Errors of paths whose folders have changed: one is gone or now a file, or a new folder or file has the path. */
const FOLDERS_CHANGED = ["ENOENT", "ENOTDIR", "EISDIR", "EEXIST"];

/**
 * Puts a staged object in its place, whole and in one step, if the condition holds at that moment. The place is on the disk when
 * this ends. Otherwise removes the sidecar.
 */
export function* putInPlace(
  folder: StoreFolder,
  place: Place,
  staged: StagedObject,
  options: PlaceOptions,
): Steps<PlaceOutcome> {
  const { disk } = folder;
  let placed: Placed | undefined;
  try {
    placed = yield* whileFoldersChange(folder, place, () =>
      replaceIf(folder, place, staged, options),
    );
  } finally {
    if (placed?.outcome !== "written") yield* disk.removeFile(staged.sidecar);
  }
  const { outcome, replaced } = placed;
  if (outcome === "written") yield* settled(waitFor(disk.syncs.sync(place.parent)));
  // Only now, because after a power failure the old body could still be there.
  if (replaced !== undefined && replaced !== staged.stamp)
    yield* settled(disk.removeFile(sidecarPath(place, replaced)));
  return outcome;
}

interface Placed {
  readonly outcome: PlaceOutcome;
  /** The stamp of the old body. */
  readonly replaced?: string | undefined;
}

function* replaceIf(
  folder: StoreFolder,
  place: Place,
  { body }: StagedObject,
  { condition, signal }: PlaceOptions,
): Steps<Placed> {
  const { disk } = folder;
  return yield* folder.locks.hold([place.lock], signal, function* () {
    throwIfAborted(signal);
    const spot = yield* locate(disk.calls, place);
    const refusal = yield* refusalOf(folder, condition, place, spot);
    if (refusal !== undefined) return { outcome: refusal };
    // A link never replaces a file, not even one that a user has just put there.
    if (condition?.if === "absent") yield* disk.link(body.path, spot.path);
    else yield* disk.rename(body.path, spot.path);
    body.isPlaced = condition?.if !== "absent";
    return { outcome: "written", replaced: spot.file?.stamp };
  });
}

/** Makes the folders of a place and does something there. Does both again if another call removes the folders. */
export function* whileFoldersChange<T>(
  folder: StoreFolder,
  place: Place,
  attempt: () => Steps<T>,
): Steps<T> {
  for (let count = 1; ; count++) {
    try {
      yield* prepareFolders(folder, place);
      return yield* attempt();
    } catch (error) {
      if (count === MOST_ATTEMPTS || !hasErrno(error, ...FOLDERS_CHANGED)) throw error;
    }
  }
}

/** Returns why the condition of a put forbids it, or undefined. Only the holder of the object's lock can rely on it. */
export function* refusalOf(
  { sidecarReader }: StoreFolder,
  condition: PutCondition | undefined,
  place: Place,
  { file }: Spot,
): Steps<"exists" | "changed" | undefined> {
  if (condition === undefined) return undefined;
  if (condition.if === "absent") return file === undefined ? undefined : "exists";
  if (file === undefined) return "changed";
  const { version } = describeObject(file.stats, yield* sidecarReader.read(place, file.stamp));
  return version === condition.version ? undefined : "changed";
}
