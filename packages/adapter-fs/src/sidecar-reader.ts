import type { BigIntStats } from "node:fs";
import { isTickOver } from "./mtime-tick.js";
import { openFile } from "./open-file.js";
import type { Place } from "./place.js";
import { type Sidecar, sidecarPath } from "./sidecar.js";
import type { Steps } from "./steps.js";
import { fault } from "./store-errors.js";
import type { SystemCalls } from "./system-calls.js";

/** The parsed JSON of a sidecar file: one sidecar, or those of several bodies by their stamps. */
interface Content {
  readonly bodies?: unknown;
}

interface Kept {
  readonly content: Content;
  readonly bytes: number;
}

interface SidecarReaderOptions {
  readonly isLocal: boolean;
  readonly mostBytes?: number;
}

/** How many bytes of sidecar files are kept in memory. Parsed, they take several times as much. */
const MOST_BYTES = 1024 * 1024;

/**
 * Reads sidecars. Objects that were put together share one file, which is kept parsed for the next of them. It is read again if
 * its identity has changed: device, inode, length or modification time. It is kept only if no later change can have the same time.
 */
export class SidecarReader {
  readonly #calls: SystemCalls;
  readonly #isLocal: boolean;
  readonly #mostBytes: number;
  readonly #kept = new Map<string, Kept>();
  #keptBytes = 0;

  constructor(calls: SystemCalls, { isLocal, mostBytes = MOST_BYTES }: SidecarReaderOptions) {
    this.#calls = calls;
    this.#isLocal = isLocal;
    this.#mostBytes = mostBytes;
  }

  /** The sidecar of one body; `undefined` if it has none: a user has put it there, or it is no longer the object's. */
  *read(place: Place, stamp: string): Steps<Sidecar | undefined> {
    const path = sidecarPath(place, stamp);
    const content = (yield* this.#keptAt(path)) ?? (yield* this.#readFile(path));
    if (content === undefined) return undefined;
    const sidecar = sidecarIn(content, stamp);
    if (sidecar !== undefined) return sidecar;
    throw fault(
      "unexpected",
      `the sidecar ${path} is damaged: delete it (the object then has no headers), or restore it from a backup`,
    );
  }

  *#keptAt(path: string): Steps<Content | undefined> {
    if (this.#kept.size === 0) return undefined;
    const stats = yield* this.#calls.lstat(path);
    return stats && this.#kept.get(identityOf(stats))?.content;
  }

  *#readFile(path: string): Steps<Content | undefined> {
    const opened = yield* openFile(this.#calls, path);
    if (opened === undefined) return undefined;
    try {
      const content = contentOf(yield* this.#calls.readText(opened.fd));
      if (this.#isLocal && content.bodies !== undefined) this.#keep(opened.stats, content);
      return content;
    } finally {
      yield* this.#calls.close(opened.fd);
    }
  }

  #keep(stats: BigIntStats, content: Content): void {
    const [identity, bytes] = [identityOf(stats), Number(stats.size)];
    if (bytes > this.#mostBytes || !isTickOver(stats)) return;
    for (const [oldest, kept] of this.#kept) {
      if (this.#keptBytes + bytes <= this.#mostBytes) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= kept.bytes;
    }
    this.#kept.set(identity, { content, bytes });
    this.#keptBytes += bytes;
  }
}

/** Without its `ctime`: that changes with each of its names, so with each object that is moved or deleted. */
function identityOf({ dev, ino, size, mtimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mtimeNs}`;
}

function sidecarIn(content: Content, stamp: string): Sidecar | undefined {
  const fields = Object(content.bodies === undefined ? content : Object(content.bodies)[stamp]);
  const { version, contentType, contentEncoding, cacheControl, metadata } = fields;
  if (typeof version !== "string") return undefined;
  return {
    version,
    contentType: textOf(contentType),
    contentEncoding: textOf(contentEncoding),
    cacheControl: textOf(cacheControl),
    metadata: textsOf(metadata),
  };
}

function contentOf(text: string): Content {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries<unknown>(Object(value));
  return Object.fromEntries(
    entries.flatMap(([name, text]) => (typeof text === "string" ? [[name, text]] : [])),
  );
}
