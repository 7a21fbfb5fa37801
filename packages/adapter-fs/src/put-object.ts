import type { Body, ObjectRef, PutOptions, PutResult, RequestOptions } from "@keywhen/core/store";
import { folderExists, removeFile } from "./checked-folder.js";
import { removeFolders } from "./delete-objects.js";
import { ifThere } from "./errno.js";
import { requireBucket } from "./folders.js";
import { locate } from "./object-file.js";
import type { Place } from "./place.js";
import { putInPlace, refusalOf, type StagedObject } from "./put-in-place.js";
import { newSidecar, type Sidecar, writeSidecar } from "./sidecar.js";
import { isBytes, stageBody } from "./stage-body.js";
import type { StoreFolder } from "./store-folder.js";

export async function putObject(
  folder: StoreFolder,
  ref: ObjectRef,
  body: Body,
  options: PutOptions & RequestOptions,
): Promise<PutResult> {
  await folder.prepare();
  const place = await folder.place(ref);
  await requireBucket(folder, place.bucketFolder);
  // Checked again under the lock. Here it avoids writing a body for nothing.
  const isPlace = await folderExists(place.parent);
  const spot = isPlace ? await locate(place) : { path: place.plain, file: undefined };
  const refusal = await refusalOf(options.condition, place, spot);
  if (refusal !== undefined) {
    if (!isBytes(body)) await body.cancel();
    return { outcome: refusal };
  }
  const sidecar = newSidecar(options);
  return withStaged(folder, sidecar, async (staged) => {
    await stageBody(staged.body, body, options);
    return putStaged(folder, place, staged, sidecar, options);
  });
}

async function putStaged(
  folder: StoreFolder,
  place: Place,
  staged: StagedObject,
  { version }: Sidecar,
  options: PutOptions & RequestOptions,
): Promise<PutResult> {
  const outcome = await putInPlace(folder, place, staged, options);
  if (outcome === "written") return { outcome, version };
  await removeFolders(place);
  return { outcome };
}

/** Passes paths for a new object's files to `use`, with the sidecar written. Removes what is left there in the end. */
export async function withStaged<T>(
  folder: StoreFolder,
  sidecar: Sidecar,
  use: (staged: StagedObject) => Promise<T>,
): Promise<T> {
  const workplace = await folder.workplace();
  const staged = { body: workplace.temporary(), sidecar: workplace.temporary() };
  try {
    const written = await ifThere(writeSidecar(staged.sidecar, sidecar).then(() => true));
    if (!written) {
      await workplace.restore();
      await writeSidecar(staged.sidecar, sidecar);
    }
    return await use(staged);
  } finally {
    await Promise.all([staged.body, staged.sidecar].map(removeFile));
  }
}
