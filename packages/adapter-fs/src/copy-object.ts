import type { CopyOptions, CopyResult, ObjectRef, RequestOptions } from "@keywhen/core/store";
import { copyBody } from "./copy-body.js";
import { requireBucket } from "./folders.js";
import { findObject, isStill } from "./object-file.js";
import { putInPlace } from "./put-in-place.js";
import { withStaged } from "./put-object.js";
import { newSidecar } from "./sidecar.js";
import { throwIfAborted } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";
import { syncFile } from "./sync.js";

export async function copyObject(
  folder: StoreFolder,
  source: ObjectRef,
  target: ObjectRef,
  options: CopyOptions & RequestOptions,
): Promise<CopyResult> {
  throwIfAborted(options.signal);
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
      const isSame = await copyBody(object.file, staged.body, options.signal);
      if (!isSame || !(await isStill(from, object.file))) return false;
      await syncFile(staged.body);
      await putInPlace(folder, to, staged, { signal: options.signal });
      return true;
    },
  );
  // Replaced or taken away while it was copied: the copy may not fit its sidecar.
  return copied ? { outcome: "copied" } : copyObject(folder, source, target, options);
}
