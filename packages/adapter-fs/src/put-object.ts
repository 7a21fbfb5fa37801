import type { Body, ObjectRef, PutOptions, PutResult, RequestOptions } from "@keywhen/core/store";
import { requireBucket } from "./folders.js";
import { locate } from "./object-file.js";
import { putOnItsDisk } from "./other-disk.js";
import type { Place } from "./place.js";
import { refusalOf } from "./put-in-place.js";
import { newSidecar } from "./sidecar.js";
import { createTemporary } from "./sidecar-files.js";
import { isBytes, writeBody } from "./stage-body.js";
import { useStagedBody } from "./staged-body.js";
import { type Steps, waitFor } from "./steps.js";
import type { StoreFolder } from "./store-folder.js";

export function* putObject(
  folder: StoreFolder,
  ref: ObjectRef,
  body: Body,
  options: PutOptions & RequestOptions,
): Steps<PutResult> {
  yield* folder.prepare();
  const place = yield* folder.place(ref);
  yield* requireBucket(folder, place.bucketFolder);
  const refusal = yield* earlyRefusal(folder, place, options);
  if (refusal !== undefined) {
    if (!isBytes(body)) yield* waitFor(body.cancel());
    return { outcome: refusal };
  }
  const sidecar = newSidecar(options);
  const staged = yield* createTemporary(folder.disk, yield* folder.workplace());
  const outcome = yield* useStagedBody(folder, staged, function* () {
    yield* writeBody(folder.disk, staged.fd, body, options);
    return yield* putOnItsDisk(folder, place, staged, sidecar, options);
  });
  if (outcome === "written") return { outcome, version: sidecar.version };
  yield* waitFor(folder.emptyFolders.remove(place));
  return { outcome };
}

/** Avoids writing a body for nothing. The condition is checked again under the lock. */
function* earlyRefusal(
  folder: StoreFolder,
  place: Place,
  { condition }: PutOptions,
): Steps<"exists" | "changed" | undefined> {
  if (condition === undefined) return undefined;
  const { disk } = folder;
  const isThere = yield* disk.folders.exists(place.parent);
  const spot = isThere ? yield* locate(disk.calls, place) : { path: place.plain, file: undefined };
  return yield* refusalOf(folder, condition, place, spot);
}
