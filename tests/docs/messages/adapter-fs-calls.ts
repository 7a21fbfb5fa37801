import { rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { vi } from "vitest";
import {
  type InterruptedStore,
  interruptedStore,
} from "../../../packages/adapter-fs/fixtures/interrupted-store.js";
import { lockedBy } from "../../../packages/adapter-fs/fixtures/locked-by.js";
import { filesIn, temporaryStore } from "../../../packages/adapter-fs/fixtures/temporary-store.js";
import { storeOn } from "../../../packages/adapter-fs/src/fs-store.js";
import { inspectFolder } from "../../../packages/adapter-fs/src/inspect-folder.js";
import { toStoreError } from "../../../packages/adapter-fs/src/store-errors.js";
import { openFolder } from "../../../packages/adapter-fs/src/store-folder.js";
import { blockingCalls, type SystemCalls } from "../../../packages/adapter-fs/src/system-calls.js";
import type { Facts, Messages } from "./expect-messages.js";

const BYTES = new Uint8Array(3);
const A = { bucket: "in", key: "a" };
const B = { bucket: "out", key: "b" };
const DEEP = { bucket: "in", key: "x/a" };

/** The system's errors: each problem, and what to do. */
function systemErrors(errors: Readonly<Record<string, readonly [string, string]>>): Messages {
  const rows = Object.entries(errors).map(([errno, [problem, advice]]) => [
    `put out/k: ${problem} (⟦${errno}⟧): /data/out; ${advice}`,
    () => {
      const error = Object.assign(new Error("it failed"), { code: errno, path: "/data/out" });
      throw toStoreError(error, { operation: "put", bucket: "out", key: "k" });
    },
  ]);
  return Object.fromEntries(rows);
}

const SYSTEM = systemErrors({
  EACCES: ["permission denied", "grant this user the permission"],
  EPERM: [
    "not permitted by the file system",
    "grant this user the permission, or use a file system with hard links",
  ],
  EROFS: ["the file system is read-only", "mount it for writing"],
  ELOOP: ["a symbolic link is in the way", "use a path without links"],
  ENOSPC: ["disk full", "free some space"],
  EDQUOT: ["the disk quota is used up", "free some space, or raise the quota"],
  EFBIG: [
    "the body is larger than the largest file allowed here",
    "make the body smaller, or raise the limit",
  ],
  EEXIST: ["a file or folder that is not an object already has this name", "choose another key"],
  EISDIR: ["a folder has replaced the file", "try again"],
  EXDEV: ["the file is on another disk", "keep each bucket on one disk"],
  EIO: ["the disk failed to read or write", "check the disk"],
  ESTALE: ["the network file system lost track of the file", "try again"],
  ETIMEDOUT: ["the network file system does not answer", "check its server and the network"],
  EBUSY: ["another program holds the file", "close that program, or try again"],
  ENOENT: ["a folder was removed", "try again"],
  ENOTDIR: ["a file has replaced the folder", "remove the file, or try again"],
  EMFILE: ["this process has too many files open", "raise its limit (ulimit -n)"],
  ENFILE: ["the system has too many files open", "raise its limit"],
  ENOMEM: ["out of memory", "give this process more memory, or try again"],
  ENAMETOOLONG: ["the path is longer than the file system allows", "shorten the key"],
  EILSEQ: ["the file system does not allow such characters", "choose another key"],
  ENOTSUP: ["the file system does not support this", "use a file system with hard links"],
  ENOSYS: ["the file system does not support this", "use a file system with hard links"],
  EMLINK: ["the file system has run out of links for one file", "choose another folder"],
});

/** A message, with what differs from run to run replaced. */
function said(error: unknown, folder: string): string {
  return String(error instanceof Error ? error.message : error)
    .replaceAll(folder, "/data")
    .replace(/work\/[\da-f]{18}/, "work/ID")
    .replace(/locks\/[\w.-]+/, "locks/ID")
    .replace(/%meta-\w+-\w+/, "%meta-STAMP")
    .replace(`process ${process.pid}`, "process PID");
}

/** The message of a call on a new store in `/data`, with the buckets `in` and `out`. */
const of = (call: (opened: InterruptedStore) => Promise<unknown>) => async () => {
  const opened = await interruptedStore();
  return said(await call(opened).catch((error: unknown) => error), opened.folder);
};

function fail(code: string): never {
  throw Object.assign(new Error("it failed"), { code });
}

/** Ends in a link to the folder `/data/out`. */
function linkOut(path: string, folder: string): void {
  rmSync(path, { recursive: true });
  symlinkSync(`${folder}/out`, path);
}

/** The message of a put to a new store in `/data/new`, which is created at the put. */
const making = (change: object, prepare?: (path: string) => Promise<void>) => async () => {
  const { folder } = await temporaryStore();
  await prepare?.(`${folder}/new`);
  const options = { createBuckets: true, sharedBetweenMachines: false, networkFolder: false };
  const opened = openFolder(
    { folder: `${folder}/new`, ...options },
    { ...blockingCalls, ...change },
  );
  return said(
    await storeOn(opened)
      .put(A, BYTES)
      .catch((error: unknown) => error),
    folder,
  );
};

const CALLS: Messages = {
  "get in/a: the file got shorter while it was read (it ended after ⟦262144 of 300000 bytes⟧): read it again":
    of(async ({ folder, store }) => {
      await store.put(A, new Uint8Array(300_000));
      const reader = (await store.get(A))?.body.getReader();
      await reader?.read();
      truncateSync(`${folder}/in/a`, 262_144);
      return reader?.read();
    }),
  "put in/a: waited 10 s for process ⟦PID (other)⟧, which holds /data/.keywhen/locks/ID: try again, or end that process":
    of(async (opened) => {
      await lockedBy(opened, A, { machine: "other" });
      const now = performance.now.bind(performance);
      opened.before("readText", /locks/, () => {
        vi.spyOn(performance, "now").mockImplementation(() => now() + 11_000);
      });
      return opened.store.put(A, BYTES).finally(() => vi.restoreAllMocks());
    }),
  "put in/a: another program deleted ⟦/data/.keywhen/work/ID/1⟧: try again": of(
    ({ store, before }) => {
      before("lstat", /\/work\/\w+\/\d+$/, (path) => rmSync(path));
      return store.put(A, BYTES);
    },
  ),
  "put in/x/a: ⟦/data/in/x⟧ is neither a file nor a folder: remove it, or choose another key": of(
    ({ store, before }) => {
      before("mkdir", /(?<!meta)\/in\/x$/, (path) => symlinkSync("nowhere", path));
      return store.put(DEEP, BYTES);
    },
  ),
  "put in/a: ⟦/data/.keywhen⟧ is a link or a file, not a folder: remove it": of(
    async ({ folder, store }) => {
      await writeFile(`${folder}/.keywhen`, "");
      return store.put(A, BYTES);
    },
  ),
  "put in/a: ⟦/data/new⟧ exists, but does not lead to a folder: remove it, or choose another folder":
    making({}, (path) => symlink("nowhere", path)),
  "put in/a: the file system allows no folder ⟦/data/new⟧ to be created (ENOENT): choose another folder":
    making({ mkdir: () => fail("ENOENT") }),
  "move out/b: ⟦/data/out⟧ is on another disk than /data/in: copy the object instead": of(
    async ({ store, before }) => {
      await store.put(A, BYTES);
      before("rename", /\/out\/b$/, () => fail("EXDEV"));
      return store.move(A, B);
    },
  ),
  "move out/b: ⟦/data/in/a⟧ has become a symbolic link, which is not followed: remove it": of(
    async ({ folder, store, before }) => {
      await store.put(A, BYTES);
      before("rename", /\/out\/b$/, () => linkOut(`${folder}/in/a`, folder));
      return store.move(A, B);
    },
  ),
  "get in/x/a: ⟦/data/in/x/a⟧ leads to /data/out/a over a symbolic link, which is not followed: use a path without links":
    of(async ({ folder, store, before }) => {
      await store.put(DEEP, BYTES);
      await store.put({ ...B, key: "a" }, BYTES);
      before("open", /\/x\/a$/, () => linkOut(`${folder}/in/x`, folder));
      return store.get(DEEP);
    }),
  "head in/x/a: ⟦/data/in/x⟧ leads to /data/out over a symbolic link, which is not followed: use a path without links":
    of(async ({ folder, store }) => {
      await symlink(`${folder}/out`, `${folder}/in/x`);
      return store.head(DEEP);
    }),
  "head in/a: the sidecar ⟦/data/.keywhen/meta/in/a%meta-STAMP⟧ is damaged: delete it (the object then has no headers), or restore it from a backup":
    of(async ({ folder, store }) => {
      await store.put(A, BYTES);
      const [sidecar] = await filesIn(`${folder}/.keywhen/meta`);
      writeFileSync(`${folder}/.keywhen/meta/${sidecar}`, "");
      return store.head(A);
    }),
  "put in/a: other programs keep removing folders of ⟦/data/new/.keywhen/meta/in/a%meta-STAMP⟧: stop them, or try again":
    making({
      mkdir: (path: string) => (path.endsWith("/in") ? fail("ENOENT") : blockingCalls.mkdir(path)),
    }),
  "delete in: done, but then the disk failed to read or write (⟦EIO⟧); check the disk": of(
    async ({ store, before }) => {
      await store.put(A, BYTES);
      before("sync", /^/, () => fail("EIO"));
      return store.delete("in", [A.key]);
    },
  ),
};

/** The disk of a folder, in blocks of 4 KB and in inodes. */
const diskOf = (free: { readonly bavail: number; readonly ffree: number }) => ({
  statfs: async (path: string) => ({
    ...(await blockingCalls.statfs(path)),
    ...free,
    bsize: 4_096,
    files: 100,
  }),
});

/** What `keywhen doctor` finds of the bucket `in`. */
const inspected =
  (change: Partial<SystemCalls>, prepare: (path: string) => Promise<unknown> = async () => {}) =>
  async () => {
    const { folder, opened } = await temporaryStore((calls) => ({ ...calls, ...change }));
    await prepare(`${folder}/in`);
    const { detail, hint } = await inspectFolder({ ...opened, createBuckets: true }, "in");
    return said([detail, hint].filter(Boolean).join("; "), folder);
  };

const removed = (path: string) => rm(path, { recursive: true });

const FINDINGS: Messages = {
  "there is no folder ⟦/data/in⟧ yet; the first event creates it; if you expected one, correct the store URL":
    inspected({}, removed),
  "head in: ⟦/data/in⟧ is a file, not a folder; correct that, or the store URL": inspected(
    {},
    async (path) => {
      await removed(path);
      await writeFile(path, "");
    },
  ),
  "the disk of ⟦/data/in⟧ has no free inodes; delete some files": inspected(
    diskOf({ bavail: 1_000, ffree: 0 }),
  ),
  "the disk of ⟦/data/in⟧ is full; free some space": inspected(diskOf({ bavail: 200, ffree: 1 })),
  "put in/a: the disk has ⟦no free inodes⟧ (ENOSPC), so it can hold no more files: delete some":
    making(
      { ...diskOf({ bavail: 1_000, ffree: 0 }), link: () => fail("ENOSPC") },
      async (path) => void (await mkdir(path)),
    ),
};

export const CALL_MESSAGES: Messages = { ...SYSTEM, ...CALLS, ...FINDINGS };

export const CALL_FACTS: Facts = {
  "nothing is wrong": {
    "/data/in can be written; 4 MB are free": inspected(diskOf({ bavail: 1_000, ffree: 1 })),
  },
  "the caller has asked for it": {
    "put in/a: aborted by the caller": of(({ store }) =>
      store.put(A, BYTES, { signal: AbortSignal.abort() }),
    ),
  },
};
