import { Buffer } from "node:buffer";
import { constants } from "node:fs";
import type { CheckedCalls } from "./checked-calls.js";
import { succeeds } from "./errno.js";
import type { ObjectFile } from "./object-file.js";
import { type OpenedFile, openFile } from "./open-file.js";
import { stampOf } from "./sidecar.js";
import { createTemporary } from "./sidecar-files.js";
import type { StagedBody } from "./staged-body.js";
import { type Steps, waitFor } from "./steps.js";
import { unlessAborted } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";
import { descriptorPath } from "./system-calls.js";

const CHUNK_BYTES = 256 * 1024;

/** Copies the body that was found to a temporary file, by its open file and not by its name. `undefined` if it was replaced. */
export function* copyBody(
  folder: StoreFolder,
  file: ObjectFile,
  signal: AbortSignal | undefined,
): Steps<StagedBody | undefined> {
  const { disk, turns } = folder;
  const copying = turns.run(copyIfSame(folder, file));
  try {
    return yield* waitFor(unlessAborted(signal, copying));
  } catch (error) {
    // A copy can't be stopped. It continues, and its result is removed when it ends.
    const cleaning = copying.then((made) => made && turns.run(discard(disk, made)));
    cleaning.catch(() => {});
    throw error;
  }
}

function* copyIfSame(folder: StoreFolder, file: ObjectFile): Steps<StagedBody | undefined> {
  const { disk } = folder;
  const opened = yield* openFile(disk.calls, file.path);
  if (opened === undefined) return undefined;
  let staged: StagedBody | undefined;
  try {
    if (stampOf(opened.stats) !== file.stamp) return undefined;
    const mode = Number(opened.stats.mode & 0o777n);
    staged = yield* createTemporary(disk, yield* folder.workplace(), mode);
    const isCloned = process.platform === "linux" && (yield* clone(disk, opened, staged));
    if (!isCloned) yield* copyBytes(disk, opened, staged);
    return staged;
  } catch (error) {
    if (staged !== undefined) yield* discard(disk, staged);
    throw error;
  } finally {
    yield* disk.calls.close(opened.fd);
  }
}

/** The file system may share the blocks of both, so that even a large copy takes no time. False without `/proc`. */
function clone({ calls }: CheckedCalls, from: OpenedFile, to: StagedBody): Steps<boolean> {
  const [source, target] = [from, to].map(({ fd }) => descriptorPath(fd)) as [string, string];
  const copying = calls.copyFile(source, target, constants.COPYFILE_FICLONE);
  return succeeds(waitFor(copying), "ENOENT", "ENOTDIR");
}

function* copyBytes(disk: CheckedCalls, from: OpenedFile, to: StagedBody): Steps<void> {
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (let position = 0; ; ) {
    const bytesRead = yield* waitFor(disk.calls.read(from.fd, chunk, position));
    if (bytesRead === 0) return;
    yield* disk.writeAll(to.fd, chunk.subarray(0, bytesRead));
    position += bytesRead;
  }
}

function* discard(disk: CheckedCalls, { path, fd }: StagedBody): Steps<void> {
  yield* disk.calls.close(fd);
  yield* disk.removeFile(path);
}
