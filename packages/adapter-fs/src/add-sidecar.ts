import type { Place } from "./place.js";
import { linkSidecar, type Sidecar } from "./sidecar.js";
import { type Steps, waitFor } from "./steps.js";
import type { StoreFolder } from "./store-folder.js";

/** Writes the sidecar of a body with this stamp. Throws `EEXIST` if there is one. */
export function* addSidecar(
  folder: StoreFolder,
  place: Place,
  stamp: string,
  sidecar: Sidecar,
): Steps<void> {
  const file = yield* waitFor(folder.sidecars.write(stamp, sidecar));
  try {
    yield* waitFor(file.synced);
    yield* linkSidecar(folder.disk, file.path, place, stamp);
  } finally {
    yield* file.release();
  }
}
