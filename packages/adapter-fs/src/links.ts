import { realpath } from "node:fs/promises";
import { fault } from "./store-errors.js";

/**
 * Throws `denied` if the path to a folder leads over a symbolic link anywhere below the store's root, so
 * that nothing is read, written or deleted outside of it. `folder` must begin with the root's real path.
 * A missing folder is an ENOENT of the system, a file in its place an ENOTDIR.
 */
export async function refuseLinks(folder: string): Promise<void> {
  const real = await realpath(`${folder}/.`);
  if (real === folder) return;
  throw fault("denied", `${folder} leads to ${real} over a symbolic link; links are not followed`);
}
