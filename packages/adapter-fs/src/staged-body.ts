import { dirname } from "node:path";
import { succeeds } from "./errno.js";
import { goneByAnother, statsOf } from "./object-file.js";
import type { Place } from "./place.js";
import { laterThan, linkSidecar, type Sidecar, sidecarPath, stampOf } from "./sidecar.js";
import { syncAndClose } from "./sidecar-files.js";
import { type Steps, waitFor } from "./steps.js";
import type { StoreFolder } from "./store-folder.js";

/** A new body in a temporary file. */
export interface StagedBody {
  readonly path: string;
  /** Open for writing until its bytes are on the disk. */
  readonly fd: number;
  isClosed: boolean;
  /** Renamed to its place, so that nothing is left at its path. */
  isPlaced: boolean;
}

/** A new body and its sidecar, both on the disk. The sidecar is in place already: no body of the key has its stamp. */
export interface StagedObject {
  readonly body: StagedBody;
  readonly stamp: string;
  readonly sidecar: string;
}

/** Uses a new body in a temporary file. Closes the file and removes what is left there in the end. */
export function* useStagedBody<T>(
  { disk }: StoreFolder,
  body: StagedBody,
  use: () => Steps<T>,
): Steps<T> {
  try {
    return yield* use();
  } finally {
    if (!body.isClosed) yield* disk.calls.close(body.fd);
    if (!body.isPlaced) yield* disk.removeFile(body.path);
  }
}

/** Puts a body and its new sidecar on the disk, and the sidecar in its place. */
export function* stageObject(
  folder: StoreFolder,
  place: Place,
  body: StagedBody,
  content: Sidecar,
): Steps<StagedObject> {
  const { disk, turns } = folder;
  const attached = yield* attachSidecar(folder, place, body.path, content);
  body.isClosed = true;
  const syncing = turns.run(syncAndClose(disk, body.fd));
  try {
    // All three at the same time. If the power fails before, a sidecar without its body may be left.
    yield* waitFor(
      Promise.all([syncing, attached.synced, disk.syncs.sync(dirname(attached.sidecar))]),
    );
  } catch (error) {
    yield* waitFor(syncing.catch(() => {}));
    yield* disk.removeFile(attached.sidecar);
    throw error;
  }
  return { body, ...attached };
}

interface AttachedSidecar {
  readonly stamp: string;
  readonly sidecar: string;
  /** Resolves when the bytes of the sidecar are on the disk. */
  readonly synced: Promise<void>;
}

/**
 * Puts the sidecar of a body in place before the body. If an older body has this stamp (the same instant and length), the new
 * body gets a later instant.
 */
function* attachSidecar(
  folder: StoreFolder,
  place: Place,
  body: string,
  content: Sidecar,
): Steps<AttachedSidecar> {
  const { disk, sidecars } = folder;
  for (;;) {
    const stamp = yield* freeStamp(folder, body);
    const file = yield* waitFor(sidecars.write(stamp, content));
    try {
      let isThere = true;
      const link = function* () {
        isThere = yield* linkSidecar(disk, file.path, place, stamp);
      };
      const isLinked = yield* succeeds(link(), "EEXIST");
      if (!isThere) throw goneByAnother(file.path);
      if (isLinked) return { stamp, sidecar: sidecarPath(place, stamp), synced: file.synced };
    } finally {
      yield* file.release();
    }
    const stats = yield* statsOf(disk.calls, body);
    yield* disk.utimes(body, laterThan(stats.mtimeNs));
  }
}

/** The stamp of a body, which gets a later instant if another body of this turn has the same. */
function* freeStamp({ disk, sidecars }: StoreFolder, body: string): Steps<string> {
  for (;;) {
    const stats = yield* statsOf(disk.calls, body);
    const stamp = stampOf(stats);
    if (!sidecars.has(stamp)) return stamp;
    yield* disk.utimes(body, laterThan(stats.mtimeNs));
  }
}
