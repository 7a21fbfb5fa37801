import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import type { CopyOptions, ObjectRef, StoreCall } from "@keywhen/core/store";
import { unlessAborted } from "./abort.js";
import { ifThere } from "./errno.js";
import { requireBucket } from "./folders.js";
import { findObject, isStill } from "./object-file.js";
import { putInPlace, syncFile } from "./put-in-place.js";
import { withStaged } from "./put-object.js";
import { newSidecar } from "./sidecar.js";
import type { StoreFolder } from "./store-folder.js";

/** Copies an object and gives the stamp of the body that was copied; `undefined` if there is none. */
export async function copyObject(
  folder: StoreFolder,
  source: ObjectRef,
  target: ObjectRef,
  options: CopyOptions & StoreCall,
): Promise<string | undefined> {
  const from = await folder.place(source);
  const to = await folder.place(target);
  const object = await findObject(from);
  if (object === undefined) return undefined;
  await requireBucket(folder, to.bucketFolder);

  const metadata = options.metadata ?? object.sidecar?.metadata;
  const copied = await withStaged(
    folder,
    newSidecar({ ...object.sidecar, metadata }),
    async (staged) => {
      // The file system may share the blocks of both, so even a large copy takes no time.
      const copying = copyFile(object.file.path, staged.body, constants.COPYFILE_FICLONE);
      await unlessAborted(options.signal, ifThere(copying));
      if (!(await isStill(from, object.file))) return false;
      await syncFile(staged.body);
      await putInPlace(folder, to, staged, { signal: options.signal });
      return true;
    },
  );
  // Replaced or taken away while it was copied: the copy may not fit its sidecar.
  return copied ? object.file.stamp : copyObject(folder, source, target, options);
}
