import { Buffer } from "node:buffer";
import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import { createChecked, inCheckedFolder, removeFile } from "./checked-folder.js";
import { ifThere } from "./errno.js";
import type { ObjectFile } from "./object-file.js";
import { descriptorPath, type OpenedFile, openFile } from "./open-file.js";
import { stampOf } from "./sidecar.js";
import { unlessAborted } from "./store-errors.js";

const CHUNK_BYTES = 256 * 1024;

/** Copies the body that was found to a new file, by its open file and not by its name. False if it is another one by now. */
export async function copyBody(
  file: ObjectFile,
  to: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const opened = await openFile(file.path);
  if (opened === undefined) return false;
  const copying = copyIfSame(file, opened, to).finally(() => opened.handle.close());
  try {
    return await unlessAborted(signal, copying);
  } catch (error) {
    // A copy can't be stopped: it goes on unseen, and what it makes is removed when it ends.
    const cleaning = copying.catch(() => {}).then(() => removeFile(to));
    cleaning.catch(() => {});
    throw error;
  }
}

async function copyIfSame(file: ObjectFile, opened: OpenedFile, to: string): Promise<boolean> {
  if (stampOf(opened.stats) !== file.stamp) return false;
  const isCloned = process.platform === "linux" && (await clone(opened, to));
  if (!isCloned) await copyBytes(opened, to);
  return true;
}

/** The file system may share the blocks of both, so that even a large copy takes no time. False without `/proc`. */
async function clone({ handle }: OpenedFile, to: string): Promise<boolean> {
  const flags = constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL;
  const copying = inCheckedFolder(to, (at) => copyFile(descriptorPath(handle), at, flags));
  return (await ifThere(copying.then(() => true))) ?? false;
}

async function copyBytes({ handle, stats }: OpenedFile, to: string): Promise<void> {
  const target = await createChecked(to, Number(stats.mode & 0o777n));
  try {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (let position = 0; ; ) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
      if (bytesRead === 0) return;
      for (let offset = 0; offset < bytesRead; ) {
        const { bytesWritten } = await target.write(chunk, offset, bytesRead - offset);
        offset += bytesWritten;
      }
      position += bytesRead;
    }
  } finally {
    await target.close();
  }
}
