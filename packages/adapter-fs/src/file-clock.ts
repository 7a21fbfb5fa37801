import { createChecked, removeFile } from "./checked-folder.js";

/** How long one reading of the time is extended by this machine's monotonic clock. */
const READING_LASTS_MS = 1_000;

/** The time that a file system gives to files. On a network folder it is the server's time, which all machines share. */
export interface FileClock {
  /** Reads the time again if the last reading is old. */
  read(): Promise<void>;
  /** The time in epoch milliseconds; `undefined` before the first reading. */
  now(): number | undefined;
}

export function fileClock(temporary: () => Promise<string>): FileClock {
  let reading: { readonly offsetMs: number; readonly takenMs: number } | undefined;
  return {
    async read() {
      if (reading !== undefined && performance.now() - reading.takenMs < READING_LASTS_MS) return;
      const path = await temporary();
      const sentMs = performance.now();
      const fileMs = await fileTimeMs(path);
      const takenMs = performance.now();
      reading = { offsetMs: fileMs - (sentMs + takenMs) / 2, takenMs };
    },
    now: () => reading && performance.now() + reading.offsetMs,
  };
}

/** The time that the file system gives to a new file at this path, which is removed again. */
export async function fileTimeMs(path: string): Promise<number> {
  try {
    const handle = await createChecked(path);
    try {
      return (await handle.stat()).mtimeMs;
    } finally {
      await handle.close();
    }
  } finally {
    await removeFile(path);
  }
}
