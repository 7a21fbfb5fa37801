import { succeeds } from "./errno.js";
import { type Steps, waitFor } from "./steps.js";
import type { SystemCalls } from "./system-calls.js";
import type { Turns } from "./turns.js";

/** Puts the names in a folder on the disk. */
export function* syncFolder(calls: SystemCalls, path: string): Steps<void> {
  // Windows opens no folders; its file systems journal their names.
  if (process.platform === "win32") return;
  const fd = yield* calls.open(path, "r");
  try {
    yield* waitFor(calls.sync(fd));
  } finally {
    yield* calls.close(fd);
  }
}

/**
 * Puts the names in folders on the disk for many calls at a time: one sync of a folder covers everything that was changed there
 * before it began.
 */
export class FolderSyncs {
  readonly #calls: SystemCalls;
  readonly #turns: Turns;
  /** The last sync of a folder that has begun, and the one that will begin after it. */
  readonly #begun = new Map<string, Promise<boolean>>();
  readonly #coming = new Map<string, Promise<boolean>>();

  constructor(calls: SystemCalls, turns: Turns) {
    this.#calls = calls;
    this.#turns = turns;
  }

  /** Resolves when all names that the folder has now are on the disk. False if there is no such folder. */
  sync(path: string): Promise<boolean> {
    const known = this.#coming.get(path);
    if (known !== undefined) return known;
    const coming = this.#startAfterTurn(path);
    this.#coming.set(path, coming);
    return coming;
  }

  async #startAfterTurn(path: string): Promise<boolean> {
    await Promise.all([this.#turns.end(), this.#begun.get(path)?.catch(() => {})]);
    this.#coming.delete(path);
    const syncing = this.#turns.run(this.#syncIfThere(path));
    this.#begun.set(path, syncing);
    try {
      return await syncing;
    } finally {
      this.#begun.delete(path); // the next one has waited for this
    }
  }

  #syncIfThere(path: string): Steps<boolean> {
    return succeeds(syncFolder(this.#calls, path), "ENOENT", "ENOTDIR");
  }
}
