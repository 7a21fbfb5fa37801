import type { CheckedCalls } from "./checked-calls.js";
import { unless } from "./errno.js";
import { printSidecars, type Sidecar } from "./sidecar.js";
import type { StagedBody } from "./staged-body.js";
import { type Steps, waitFor } from "./steps.js";
import type { Turns } from "./turns.js";
import type { Workplace } from "./workplace.js";

/** A temporary file with new sidecars. A hard link to it is the sidecar of each of their bodies. */
export interface SidecarFile {
  readonly path: string;
  /** Resolves when its bytes are on the disk. */
  readonly synced: Promise<void>;
  /** Every call that has asked for the file releases it once. The last one removes it; its links stay. */
  release(): Steps<void>;
}

interface ComingFile {
  readonly bodies: Map<string, Sidecar>;
  readonly file: Promise<SidecarFile>;
}

/** Writes the sidecars of all bodies of one turn to one file, so that they share the sync that puts them on the disk. */
export class SidecarFiles {
  readonly #disk: CheckedCalls;
  readonly #turns: Turns;
  readonly #workplace: () => Steps<Workplace>;
  #coming: ComingFile | undefined;

  constructor(disk: CheckedCalls, turns: Turns, workplace: () => Steps<Workplace>) {
    this.#disk = disk;
    this.#turns = turns;
    this.#workplace = workplace;
  }

  /** Whether the file that is about to be written has a sidecar for another body with this stamp. */
  has(stamp: string): boolean {
    return this.#coming?.bodies.has(stamp) ?? false;
  }

  /** The file that will have this sidecar, written at the end of the turn. */
  write(stamp: string, sidecar: Sidecar): Promise<SidecarFile> {
    const coming = this.#coming;
    if (coming?.bodies.has(stamp)) return coming.file.then(() => this.write(stamp, sidecar));
    this.#coming ??= this.#begin();
    this.#coming.bodies.set(stamp, sidecar);
    return this.#coming.file;
  }

  #begin(): ComingFile {
    const bodies = new Map<string, Sidecar>();
    const file = this.#turns.end().then(() => {
      this.#coming = undefined;
      return this.#turns.run(this.#writeFile(bodies));
    });
    return { bodies, file };
  }

  *#writeFile(bodies: ReadonlyMap<string, Sidecar>): Steps<SidecarFile> {
    const { calls } = this.#disk;
    const { path, fd } = yield* createTemporary(this.#disk, yield* this.#workplace());
    try {
      yield* this.#disk.writeAll(fd, new TextEncoder().encode(printSidecars(bodies)));
    } catch (error) {
      yield* calls.close(fd);
      yield* this.#disk.removeFile(path);
      throw error;
    }
    const synced = this.#turns.run(syncAndClose(this.#disk, fd));
    synced.catch(() => {}); // every call that needs it waits for it
    let users = bodies.size;
    const removeFile = () => this.#disk.removeFile(path);
    const release = function* (): Steps<void> {
      users -= 1;
      if (users === 0) yield* removeFile();
    };
    return { path, synced, release };
  }
}

/** Creates a temporary file, also if the folders of the store were deleted. */
export function* createTemporary(
  disk: CheckedCalls,
  workplace: Workplace,
  mode?: number,
): Steps<StagedBody> {
  const path = workplace.temporary();
  let fd = yield* unless(disk.create(path, mode), "ENOENT", "ENOTDIR");
  if (fd === undefined) {
    yield* workplace.restore();
    fd = yield* disk.create(path, mode);
  }
  return { path, fd, isClosed: false, isPlaced: false };
}

/** Puts a file's bytes and its instant on the disk, so that they outlast a power failure, and closes it. */
export function* syncAndClose({ calls }: CheckedCalls, fd: number): Steps<void> {
  try {
    yield* waitFor(calls.sync(fd));
  } finally {
    yield* calls.close(fd);
  }
}
