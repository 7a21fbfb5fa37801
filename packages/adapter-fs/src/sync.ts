import { type FileHandle, open } from "node:fs/promises";

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
    await handle.sync();
  } finally {
    await handle.close();
  }
}
