// A store that makes its keys when it is asked for them and forgets what becomes of them: any number of events, no memory.
import { memoryStore } from "@keywhen/core/testing";

const PAGE = 1_000;
const DIGITS = 9;
const WRITTEN = new Date(Date.now() - 3_600_000);

/** A schedule of `count` events due at `at`, each with a different target; everything else is in a memory store. */
export function keyMakingStore({ count, at, bucket, target }) {
  const rest = memoryStore({ clock: Date });
  const prefix = "keywhen/pending/";
  const start = `${prefix}${at.toISOString()}|${target}|`;
  const seen = { copied: 0, deleted: 0 };
  const keyOf = (index) => {
    const number = String(index).padStart(DIGITS, "0");
    return `${start}events/${number}|id${number}`;
  };
  /** The first one after a key: callers pass only keys of this store, or keys that sort before or after all of them. */
  const indexAfter = (key) => {
    if (key.startsWith(start)) return Number(key.slice(-DIGITS)) + 1;
    return key < start ? 0 : count;
  };
  return {
    seen,
    capabilities: rest.capabilities,
    put: rest.put,
    head: rest.head,
    get: rest.get,
    async list(page, call) {
      if (page.bucket !== bucket || page.prefix !== prefix) return rest.list(page, call);
      const from = indexAfter(page.startAfter ?? prefix);
      const length = Math.max(0, Math.min(PAGE, count - from));
      const objects = Array.from({ length }, (_, offset) => ({
        key: keyOf(from + offset),
        size: 256,
        lastModified: WRITTEN,
      }));
      return { objects, more: from + length < count };
    },
    async copy() {
      seen.copied += 1;
      return { outcome: "copied" };
    },
    async delete(_, keys) {
      seen.deleted += keys.length;
      return keys.map(() => ({ outcome: "gone" }));
    },
  };
}
