import { constants } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import type { CopyOptions, CopyResult, ObjectRef, StoreCall } from "@keywhen/core/store";
import { unlessAborted } from "./abort.js";
import { ifThere } from "./errno.js";
import { requireBucket } from "./folders.js";
import { findObject, isStill } from "./object-file.js";
import { putInPlace } from "./put-in-place.js";
import { withStaged } from "./put-object.js";
import { newSidecar } from "./sidecar.js";
import type { StoreFolder } from "./store-folder.js";
import { syncFile } from "./sync.js";

export async function copyObject(
  folder: StoreFolder,
  source: ObjectRef,
  target: ObjectRef,
  options: CopyOptions & StoreCall,
): Promise<CopyResult> {
  const from = await folder.place(source);
  const to = await folder.place(target);
  const object = await findObject(from);
  if (object === undefined) return { outcome: "source-gone" };
  await requireBucket(folder, to.bucketFolder);

  const metadata = options.metadata ?? object.sidecar?.metadata;
  const copied = await withStaged(
    folder,
    newSidecar({ ...object.sidecar, metadata }),
    async (staged) => {
      await copyBody(object.file.path, staged.body, options.signal);
      if (!(await isStill(from, object.file))) return false;
      await syncFile(staged.body);
      await putInPlace(folder, to, staged, { signal: options.signal });
      return true;
    },
  );
  // Replaced or taken away while it was copied: the copy may not fit its sidecar.
  return copied ? { outcome: "copied" } : copyObject(folder, source, target, options);
}

/** The file system may share the blocks of both, so that even a large copy takes no time. */
async function copyBody(from: string, to: string, signal: AbortSignal | undefined): Promise<void> {
  const copying = ifThere(copyFile(from, to, constants.COPYFILE_FICLONE));
  try {
    await unlessAborted(signal, copying);
  } catch (error) {
    // A copy can't be stopped: it goes on unseen, and what it makes is removed when it ends.
    const cleaning = copying.catch(() => {}).then(() => rm(to, { force: true }));
    cleaning.catch(() => {});
    throw error;
  }
}
