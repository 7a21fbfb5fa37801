import type { CheckedCalls } from "./checked-calls.js";
import type { Steps } from "./steps.js";

/** How long one reading of the time is extended by this machine's monotonic clock. */
const READING_LASTS_MS = 1_000;

/** The time that a file system gives to files. On a network folder it is the server's time, which all machines share. */
export interface FileClock {
  /** Reads the time again if the last reading is old. `temporary` is the path of a file that doesn't exist. */
  read(temporary: () => Steps<string>): Steps<void>;
  /** The time in epoch milliseconds; `undefined` before the first reading. */
  now(): number | undefined;
}

export function fileClock(disk: CheckedCalls): FileClock {
  let reading: { readonly offsetMs: number; readonly takenMs: number } | undefined;
  return {
    *read(temporary) {
      if (reading !== undefined && performance.now() - reading.takenMs < READING_LASTS_MS) return;
      const path = yield* temporary();
      const sentMs = performance.now();
      const fileMs = yield* fileTimeMs(disk, path);
      const takenMs = performance.now();
      reading = { offsetMs: fileMs - (sentMs + takenMs) / 2, takenMs };
    },
    now: () => reading && performance.now() + reading.offsetMs,
  };
}

/** The time that the file system gives to a new file at this path, which is removed again. */
export function* fileTimeMs(disk: CheckedCalls, path: string): Steps<number> {
  try {
    const fd = yield* disk.create(path);
    try {
      return Number((yield* disk.calls.fstat(fd)).mtimeNs) / 1e6;
    } finally {
      yield* disk.calls.close(fd);
    }
  } finally {
    yield* disk.removeFile(path);
  }
}
