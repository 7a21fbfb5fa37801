import type { ObjectInfo, ObjectRef, OpenObject, RequestOptions } from "@keywhen/core/store";
import { folderExists } from "./checked-folder.js";
import { streamFile } from "./file-stream.js";
import { describeObject, findObject, isStill } from "./object-file.js";
import { type OpenedFile, openFile } from "./open-file.js";
import type { Place } from "./place.js";
import { readSidecar, stampOf } from "./sidecar.js";
import type { StoreFolder } from "./store-folder.js";

export async function headObject(
  folder: StoreFolder,
  ref: ObjectRef,
): Promise<ObjectInfo | undefined> {
  const object = await findObject(await folder.place(ref));
  return object && describeObject(object.file.stats, object.sidecar);
}

/** Reads the body through one open file, so it stays whole even if the object is replaced or deleted. */
export async function getObject(
  folder: StoreFolder,
  ref: ObjectRef,
  explain: (error: unknown) => Error,
  { signal }: RequestOptions,
): Promise<OpenObject | undefined> {
  const place = await folder.place(ref);
  if (!(await folderExists(place.parent))) return undefined;
  for (;;) {
    const opened = await openBody(place);
    if (opened === undefined) return undefined;
    const info = await describeOpened(place, opened);
    if (info !== undefined)
      return { ...info, body: streamFile(opened.handle, info.size, explain, signal) };
    await opened.handle.close();
  }
}

async function openBody(place: Place): Promise<OpenedFile | undefined> {
  return (await openFile(place.plain)) ?? (await openFile(place.adjacent));
}

/** `undefined` if the object was replaced before its sidecar could be read. */
async function describeOpened(
  place: Place,
  { handle, stats }: OpenedFile,
): Promise<ObjectInfo | undefined> {
  try {
    const stamp = stampOf(stats);
    const sidecar = await readSidecar(place, stamp);
    if (sidecar === undefined && !(await isStill(place, { stamp }))) return undefined;
    return describeObject(stats, sidecar);
  } catch (error) {
    await handle.close();
    throw error;
  }
}
