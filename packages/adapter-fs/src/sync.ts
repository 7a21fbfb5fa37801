import { fdatasync, fsync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";

// By descriptor, because the file handles of Yarn's Plug'n'Play have neither `sync()` nor `datasync()`.
const syncByDescriptor = promisify(fsync);
const syncDataByDescriptor = promisify(fdatasync);

/** Puts the bytes of an open file on the disk. */
export async function syncData(handle: FileHandle): Promise<void> {
  await syncDataByDescriptor(handle.fd);
}

/** Puts a file's bytes on the disk, so that they outlast a power failure. */
export async function syncFile(path: string): Promise<void> {
  await sync(await open(path, "r+"));
}

/** Puts the names in a folder on the disk. */
export async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders; its file systems journal their names.
  if (process.platform === "win32") return;
  await sync(await open(path, "r"));
}

async function sync(handle: FileHandle): Promise<void> {
  try {
    await syncByDescriptor(handle.fd);
  } finally {
    await handle.close();
  }
}
