import { constants } from "node:fs";
import { copyFile, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { inCheckedFolder, removeFile } from "./checked-folder.js";
import { hasErrno, ifThere } from "./errno.js";
import { STAGING_NAME } from "./file-names.js";
import { makeFoldersInside } from "./make-folders.js";
import type { Place } from "./place.js";
import { syncFile } from "./sync.js";
import type { Workplace } from "./workplace.js";

/**
 * Does something with a staged body that needs it on the disk of the bucket. A bucket may be a disk of its
 * own (a mount): then the body is copied there first, into a folder that is never listed.
 */
export async function onSameDisk<T>(
  workplace: Workplace,
  place: Place,
  body: string,
  attempt: (body: string) => Promise<T>,
): Promise<T> {
  try {
    return await attempt(body);
  } catch (error) {
    if (!hasErrno(error, "EXDEV")) throw error;
  }
  const near = join(
    await stagingFolder(workplace, place),
    `${workplace.self.id}-${basename(body)}`,
  );
  try {
    await inCheckedFolder(near, (at) => copyFile(body, at, constants.COPYFILE_EXCL));
    await syncFile(near);
    return await attempt(near);
  } finally {
    await removeFile(near);
  }
}

/** The folder, without what processes left there whose own workplace is gone. */
async function stagingFolder(workplace: Workplace, place: Place): Promise<string> {
  const staging = join(place.bucketFolder, STAGING_NAME);
  await makeFoldersInside(place.bucketFolder, staging);
  const work = dirname(dirname(workplace.ownerFile));
  for (const name of await readdir(staging)) {
    const [owner = ""] = name.split("-");
    const alive = await ifThere(stat(join(work, owner)));
    if (alive === undefined) await removeFile(join(staging, name));
  }
  return staging;
}
