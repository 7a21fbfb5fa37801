import type { CopyOptions, CopyResult, ObjectRef, RequestOptions } from "@keywhen/core/store";
import { copyBody } from "./copy-body.js";
import { requireBucket } from "./folders.js";
import { findObject, isStill } from "./object-file.js";
import { putOnItsDisk } from "./other-disk.js";
import { newSidecar } from "./sidecar.js";
import { useStagedBody } from "./staged-body.js";
import type { Steps } from "./steps.js";
import type { StoreFolder } from "./store-folder.js";

export function* copyObject(
  folder: StoreFolder,
  source: ObjectRef,
  target: ObjectRef,
  { metadata, signal }: CopyOptions & RequestOptions,
): Steps<CopyResult> {
  const from = yield* folder.place(source);
  const to = yield* folder.place(target);
  for (;;) {
    const object = yield* findObject(folder, from);
    if (object === undefined) return { outcome: "source-gone" };
    yield* requireBucket(folder, to.bucketFolder);
    const { file, sidecar } = object;
    const copy = newSidecar({ ...sidecar, metadata: metadata ?? sidecar?.metadata });
    const staged = yield* copyBody(folder, file, signal);
    if (staged === undefined) continue;
    const isCopied = yield* useStagedBody(folder, staged, function* () {
      // Replaced or taken away while it was copied: the copy may not fit its sidecar.
      if (!(yield* isStill(folder.disk.calls, from, file))) return false;
      yield* putOnItsDisk(folder, to, staged, copy, { signal });
      return true;
    });
    if (isCopied) return { outcome: "copied" };
  }
}
