import { lstat } from "node:fs/promises";
import { linkChecked, removeFile, utimesChecked, writeNew } from "./checked-folder.js";
import { ifThere } from "./errno.js";
import type { ObjectFile } from "./object-file.js";
import type { Place } from "./place.js";
import { dropSidecar, sidecarPath } from "./sidecar.js";
import { laterThan, stampOf } from "./stamp.js";
import type { Workplace } from "./workplace.js";

/**
 * Makes sure that a body, before it is moved, has a stamp of which the target has no sidecar: another
 * body of the same length and instant may be there, or have left its sidecar in a crash. Only for the
 * holder of both locks.
 */
export async function stampFor(
  workplace: Workplace,
  to: Place,
  from: Place,
  file: ObjectFile,
): Promise<ObjectFile> {
  const taken = await ifThere(lstat(sidecarPath(to, file.stamp)));
  if (taken === undefined) return file;
  return stampFor(workplace, to, from, await restamp(workplace, from, file));
}

/** The file system rounds instants in its own way: an empty file shows how, so that the sidecar comes first. */
async function restamp(workplace: Workplace, place: Place, file: ObjectFile): Promise<ObjectFile> {
  const time = laterThan(file.stats.mtimeNs);
  const trial = workplace.temporary();
  try {
    await writeNew(trial, "");
    await utimesChecked(trial, time);
    const { mtimeNs } = await lstat(trial, { bigint: true });
    const stamp = stampOf({ mtimeNs, size: file.stats.size });
    await ifThere(linkChecked(sidecarPath(place, file.stamp), sidecarPath(place, stamp)));
    await utimesChecked(file.path, time);
    await dropSidecar(sidecarPath(place, file.stamp));
    const stats = await lstat(file.path, { bigint: true });
    return { path: file.path, stats, stamp };
  } finally {
    await removeFile(trial);
  }
}
