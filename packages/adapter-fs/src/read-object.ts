import type { ObjectInfo, ObjectRef, OpenObject, RequestOptions } from "@keywhen/core/store";
import { streamFile } from "./file-stream.js";
import { describeObject, findObject, isStill } from "./object-file.js";
import { type OpenedFile, openFile } from "./open-file.js";
import type { Place } from "./place.js";
import { stampOf } from "./sidecar.js";
import type { Steps } from "./steps.js";
import type { StoreFolder } from "./store-folder.js";

export function* headObject(folder: StoreFolder, ref: ObjectRef): Steps<ObjectInfo | undefined> {
  const object = yield* findObject(folder, yield* folder.place(ref));
  return object && describeObject(object.file.stats, object.sidecar);
}

/** Reads the body through one open file, so it stays whole even if the object is replaced or deleted. */
export function* getObject(
  folder: StoreFolder,
  ref: ObjectRef,
  explain: (error: unknown) => Error,
  { signal }: RequestOptions,
): Steps<OpenObject | undefined> {
  const { calls, folders } = folder.disk;
  const place = yield* folder.place(ref);
  if (!(yield* folders.exists(place.parent))) return undefined;
  for (;;) {
    const opened =
      (yield* openFile(calls, place.plain)) ?? (yield* openFile(calls, place.adjacent));
    if (opened === undefined) return undefined;
    const info = yield* describeOpened(folder, place, opened);
    if (info !== undefined)
      return { ...info, body: streamFile(calls, opened.fd, info.size, explain, signal) };
    yield* calls.close(opened.fd);
  }
}

/** `undefined` if the object was replaced before its sidecar could be read. */
function* describeOpened(
  { disk: { calls }, sidecarReader }: StoreFolder,
  place: Place,
  { fd, stats }: OpenedFile,
): Steps<ObjectInfo | undefined> {
  try {
    const stamp = stampOf(stats);
    const sidecar = yield* sidecarReader.read(place, stamp);
    if (sidecar === undefined && !(yield* isStill(calls, place, { stamp }))) return undefined;
    return describeObject(stats, sidecar);
  } catch (error) {
    yield* calls.close(fd);
    throw error;
  }
}
