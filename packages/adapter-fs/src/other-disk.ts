import { constants } from "node:fs";
import { basename, dirname, join } from "node:path";
import { hasErrno } from "./errno.js";
import { STAGING_NAME } from "./file-names.js";
import { makeFoldersInside } from "./make-folders.js";
import type { Place } from "./place.js";
import { type PlaceOptions, putInPlace } from "./put-in-place.js";
import type { Sidecar } from "./sidecar.js";
import { type StagedBody, stageObject, useStagedBody } from "./staged-body.js";
import { type Steps, waitFor } from "./steps.js";
import type { StoreFolder } from "./store-folder.js";

/**
 * Puts a new object in its place, which needs its body on the disk of the bucket. A bucket may be a disk of its
 * own (a mount): then the body is copied there first, into a folder that is never listed.
 */
export function* putOnItsDisk(
  folder: StoreFolder,
  place: Place,
  body: StagedBody,
  sidecar: Sidecar,
  options: PlaceOptions,
): Steps<"written" | "exists" | "changed"> {
  const staged = yield* stageObject(folder, place, body, sidecar);
  try {
    return yield* putInPlace(folder, place, staged, options);
  } catch (error) {
    if (!hasErrno(error, "EXDEV")) throw error;
  }
  const { disk } = folder;
  const path = yield* nearPath(folder, place, body);
  yield* disk.at(path, (at) =>
    waitFor(disk.calls.copyFile(body.path, at, constants.COPYFILE_EXCL)),
  );
  const near = { path, fd: yield* disk.calls.open(path, "r+"), isClosed: false, isPlaced: false };
  return yield* useStagedBody(folder, near, function* () {
    const stagedNear = yield* stageObject(folder, place, near, sidecar);
    return yield* putInPlace(folder, place, stagedNear, options);
  });
}

/** A temporary path on the disk of the bucket. Removes what processes left there whose own workplace is gone. */
function* nearPath(folder: StoreFolder, place: Place, body: StagedBody): Steps<string> {
  const { disk } = folder;
  const { ownerFile, self } = yield* folder.workplace();
  const staging = join(place.bucketFolder, STAGING_NAME);
  yield* makeFoldersInside(disk, place.bucketFolder, staging);
  const work = dirname(dirname(ownerFile));
  for (const name of yield* disk.namesIn(staging)) {
    const [owner = ""] = name.split("-");
    const alive = yield* disk.calls.stat(join(work, owner));
    if (alive === undefined) yield* disk.removeFile(join(staging, name));
  }
  return join(staging, `${self.id}-${basename(body.path)}`);
}
