import { resolve } from "node:path";
import type { ObjectRef } from "@keywhen/core/store";
import { CheckedCalls } from "./checked-calls.js";
import { EmptyFolders } from "./empty-folders.js";
import { ifThere } from "./errno.js";
import { type FileClock, fileClock } from "./file-clock.js";
import { FolderNames } from "./folder-names.js";
import { KeyLocks } from "./key-locks.js";
import { makeFolders } from "./make-folders.js";
import type { CheckedOptions } from "./options.js";
import { type FolderPlaces, type Place, placeOf } from "./place.js";
import { SidecarFiles } from "./sidecar-files.js";
import { SidecarReader } from "./sidecar-reader.js";
import { type Steps, waitFor } from "./steps.js";
import { blockingCalls, type SystemCalls, waitingCalls } from "./system-calls.js";
import { Turns } from "./turns.js";
import { openWorkplace, type Workplace } from "./workplace.js";

/** The folder of a store, and what its calls share. Opening it touches nothing yet. */
export interface StoreFolder {
  readonly createBuckets: boolean;
  readonly turns: Turns;
  readonly disk: CheckedCalls;
  readonly locks: KeyLocks;
  readonly sidecars: SidecarFiles;
  readonly sidecarReader: SidecarReader;
  readonly emptyFolders: EmptyFolders;
  readonly names: FolderNames;
  /** Where several machines use the folder: the time that they share. */
  readonly clock: FileClock | undefined;
  /** The folder's real path; nothing is made. */
  root(): Steps<string>;
  /** Makes the folder if it is missing and may be made. Before each call that writes. */
  prepare(): Steps<void>;
  place(ref: ObjectRef): Steps<Place>;
  /** Made at the first write. */
  workplace(): Steps<Workplace>;
}

export function openFolder(
  options: CheckedOptions,
  calls: SystemCalls = options.networkFolder ? waitingCalls : blockingCalls,
): StoreFolder {
  const path = resolve(options.folder);
  const turns = new Turns();
  const disk = new CheckedCalls(calls, turns);
  const places: FolderPlaces = new Map();

  let real: string | undefined;
  const root = function* (): Steps<string> {
    real ??= yield* ifThere(calls.realpath(path));
    return real ?? path;
  };
  const prepare = function* (): Steps<void> {
    if (!options.createBuckets || (yield* calls.stat(path)) !== undefined) return;
    yield* makeFolders(calls, path);
  };
  const place = function* (ref: ObjectRef): Steps<Place> {
    return placeOf(real ?? (yield* root()), ref, places);
  };
  let opening: Promise<Workplace> | undefined;
  let opened: Workplace | undefined;
  const open = function* (): Steps<Workplace> {
    try {
      opened = yield* openWorkplace(disk, yield* root());
      return opened;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  };
  const workplace = function* (): Steps<Workplace> {
    if (opened !== undefined) return opened;
    opening ??= turns.run(open());
    return yield* waitFor(opening);
  };
  return {
    createBuckets: options.createBuckets,
    turns,
    disk,
    locks: new KeyLocks(disk, turns, workplace),
    sidecars: new SidecarFiles(disk, turns, workplace),
    sidecarReader: new SidecarReader(calls, { isLocal: !options.networkFolder }),
    emptyFolders: new EmptyFolders({ disk }, turns),
    names: new FolderNames(calls, { isLocal: !options.networkFolder }),
    clock: options.sharedBetweenMachines ? fileClock(disk) : undefined,
    root,
    prepare,
    place,
    workplace,
  };
}
