import type { ObjectStore, RequestOptions, StoreCapabilities } from "@keywhen/core/store";
import { copyObject } from "./copy-object.js";
import { deleteObjects } from "./delete-objects.js";
import type { FileClock } from "./file-clock.js";
import { explainFullDisk } from "./inspect-folder.js";
import { listPage } from "./list-page.js";
import { moveObject } from "./move-object.js";
import { checkOptions, type FsStoreOptions } from "./options.js";
import { NAME_LIMITS, nameProblem } from "./place.js";
import { putObject } from "./put-object.js";
import { getObject, headObject } from "./read-object.js";
import { type Steps, waitFor } from "./steps.js";
import { type FailedCall, throwIfAborted, toStoreError, unlessAborted } from "./store-errors.js";
import { openFolder, type StoreFolder } from "./store-folder.js";

const CAPABILITIES: StoreCapabilities = {
  putIfAbsent: true,
  putIfVersion: true,
  orderedList: true,
  move: "any-bucket",
  singleCopyMaxBytes: Number.POSITIVE_INFINITY,
  deleteBatchSize: 1000,
  limits: NAME_LIMITS,
  clock: "shared",
};

/**
 * An `ObjectStore` on a folder: its sub-folders are the buckets, and the object `reports/2026/a.pdf` in
 * the bucket `out` is the file `<folder>/out/reports/2026/a.pdf` with exactly the body.
 *
 * Any number of processes of one machine may use the folder at a time. Writes are whole and on the disk
 * when they are answered; conditions hold between processes; nothing outside of the folder is touched.
 * Needs a file system with hard links. Opens nothing until its first call, and need not be closed.
 * Throws a `KeywhenError` (`invalid-option`) for options that make no sense.
 */
export function fsStore(options: FsStoreOptions): ObjectStore {
  return storeOn(openFolder(checkOptions(options)));
}

/** @internal */
export function storeOn(folder: StoreFolder): ObjectStore & Required<Pick<ObjectStore, "move">> {
  return {
    capabilities: { ...CAPABILITIES, clock: folder.clock === undefined ? "shared" : "store" },
    nameProblem,
    put: (ref, body, options = {}) =>
      answer(folder, { operation: "put", ...ref }, options, () =>
        putObject(folder, ref, body, options),
      ),
    head: (ref, call = {}) =>
      answer(folder, { operation: "head", ...ref }, call, () => headObject(folder, ref)),
    get: (ref, call = {}) => {
      const failed: FailedCall = { operation: "get", ...ref };
      const explain = (error: unknown) => toStoreError(error, failed);
      return answer(folder, failed, call, () => getObject(folder, ref, explain, call));
    },
    list: (page, call = {}) => {
      const listing = () => folder.turns.run(listPage(folder, page));
      return answer(folder, { operation: "list", bucket: page.bucket }, call, function* () {
        return yield* waitFor(unlessAborted(call.signal, listing()));
      });
    },
    copy: (source, target, options = {}) =>
      answer(folder, { operation: "copy", ...target }, options, () =>
        copyObject(folder, source, target, options),
      ),
    delete: (bucket, keys, call = {}) =>
      answer(folder, { operation: "delete", bucket }, call, () =>
        deleteObjects(folder, bucket, keys, call),
      ),
    move: (source, target, options = {}) =>
      answer(folder, { operation: "move", ...target }, options, () =>
        moveObject(folder, source, target, options),
      ),
  };
}

async function answer<T>(
  folder: StoreFolder,
  call: FailedCall,
  options: RequestOptions,
  work: () => Steps<T>,
): Promise<T> {
  const { signal, onDate } = options;
  try {
    throwIfAborted(signal);
    if (folder.clock === undefined || onDate === undefined) return await folder.turns.run(work());
    return await folder.turns.run(withClock(folder, folder.clock, call, work));
  } catch (error) {
    throw toStoreError(await explainFullDisk(folder, error), call);
  } finally {
    const nowMs = folder.clock?.now();
    if (nowMs !== undefined) onDate?.(new Date(nowMs));
  }
}

/** Reads the time before the call, so that a failure leaves nothing undecided. A missing folder has no time for a reader. */
function* withClock<T>(
  folder: StoreFolder,
  clock: FileClock,
  { operation }: FailedCall,
  work: () => Steps<T>,
): Steps<T> {
  if (operation === "put") yield* folder.prepare();
  if (yield* folder.disk.folders.exists(yield* folder.root())) {
    yield* clock.read(function* () {
      return (yield* folder.workplace()).temporary();
    });
  }
  return yield* work();
}
