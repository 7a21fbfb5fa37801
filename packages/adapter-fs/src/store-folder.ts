import { mkdir, realpath, rename } from "node:fs/promises";
import { resolve } from "node:path";
import type { ObjectRef } from "@keywhen/core/store";
import { ifThere } from "./errno.js";
import { type Place, placeOf } from "./place.js";
import { openWorkplace, type Workplace } from "./workplace.js";

/** The folder of a store, and what its calls share. Opening it touches nothing yet. */
export interface StoreFolder {
  readonly createBuckets: boolean;
  /** The folder's real path. */
  root(): Promise<string>;
  place(ref: ObjectRef): Promise<Place>;
  /** Made at the first write. */
  workplace(): Promise<Workplace>;
  /** Puts a file in place; a parameter because a test can't have a second disk. */
  readonly rename: (from: string, to: string) => Promise<void>;
}

export function openFolder(options: { folder: string; createBuckets: boolean }): StoreFolder {
  const path = resolve(options.folder);
  let opening: Promise<Workplace> | undefined;

  let real: string | undefined;
  const root = async () => {
    if (options.createBuckets && real === undefined) await mkdir(path, { recursive: true });
    real ??= await ifThere(realpath(path));
    return real ?? path;
  };
  const open = async () => {
    try {
      return await openWorkplace(await root());
    } catch (error) {
      opening = undefined;
      throw error;
    }
  };
  return {
    createBuckets: options.createBuckets,
    root,
    place: async (ref) => placeOf(await root(), ref),
    workplace: () => {
      opening ??= open();
      return opening;
    },
    rename,
  };
}
