import { realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { ObjectRef } from "@keywhen/core/store";
import { renameChecked } from "./checked-folder.js";
import { ifThere } from "./errno.js";
import { type FileClock, fileClock } from "./file-clock.js";
import { makeFolders } from "./make-folders.js";
import type { CheckedOptions } from "./options.js";
import { type Place, placeOf } from "./place.js";
import { openWorkplace, type Workplace } from "./workplace.js";

/** The folder of a store, and what its calls share. Opening it touches nothing yet. */
export interface StoreFolder {
  readonly createBuckets: boolean;
  /** The folder's real path; nothing is made. */
  root(): Promise<string>;
  /** Makes the folder if it is missing and may be made. Before each call that writes. */
  prepare(): Promise<void>;
  place(ref: ObjectRef): Promise<Place>;
  /** Made at the first write. */
  workplace(): Promise<Workplace>;
  /** Where several machines use the folder: the time that they share. */
  readonly clock: FileClock | undefined;
  /** Puts a file in place; a parameter because a test can't have a second disk. */
  readonly rename: (from: string, to: string) => Promise<void>;
}

export function openFolder(options: CheckedOptions): StoreFolder {
  const path = resolve(options.folder);
  let opening: Promise<Workplace> | undefined;

  let real: string | undefined;
  const root = async () => {
    real ??= await ifThere(realpath(path));
    return real ?? path;
  };
  const prepare = async () => {
    if (options.createBuckets && (await ifThere(stat(path))) === undefined) await makeFolders(path);
  };
  const open = async () => {
    try {
      return await openWorkplace(await root());
    } catch (error) {
      opening = undefined;
      throw error;
    }
  };
  const workplace = () => {
    opening ??= open();
    return opening;
  };
  const temporary = async () => (await workplace()).temporary();
  return {
    createBuckets: options.createBuckets,
    root,
    prepare,
    place: async (ref) => placeOf(await root(), ref),
    workplace,
    clock: options.sharedBetweenMachines ? fileClock(temporary) : undefined,
    rename: renameChecked,
  };
}
