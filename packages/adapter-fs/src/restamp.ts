import { addSidecar } from "./add-sidecar.js";
import { type ObjectFile, statsOf } from "./object-file.js";
import type { Place } from "./place.js";
import { laterThan, sidecarPath, stampOf } from "./sidecar.js";
import type { Steps } from "./steps.js";
import type { StoreFolder } from "./store-folder.js";

/**
 * Gives a body another instant, and so another stamp. File systems round instants differently: an empty file shows the result,
 * so that the sidecar can be made first. Only for the holder of the object's lock.
 */
export function* restamp(folder: StoreFolder, place: Place, file: ObjectFile): Steps<ObjectFile> {
  const { disk } = folder;
  const time = laterThan(file.stats.mtimeNs);
  const trial = (yield* folder.workplace()).temporary();
  try {
    yield* disk.writeNew(trial, "");
    yield* disk.utimes(trial, time);
    const { mtimeNs } = yield* statsOf(disk.calls, trial);
    const stamp = stampOf({ mtimeNs, size: file.stats.size });
    // A separate file: one that several bodies share says nothing of this stamp.
    const sidecar = yield* folder.sidecarReader.read(place, file.stamp);
    if (sidecar !== undefined) yield* addSidecar(folder, place, stamp, sidecar);
    yield* disk.utimes(file.path, time);
    yield* disk.removeFile(sidecarPath(place, file.stamp));
    return { path: file.path, stats: yield* statsOf(disk.calls, file.path), stamp };
  } finally {
    yield* disk.removeFile(trial);
  }
}
