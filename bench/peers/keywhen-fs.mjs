import { rmSync } from "node:fs";
import { fsStore } from "@keywhen/adapter-fs";
import { bucketFolders } from "../ceph-home.mjs";
import { schedulerOf, sweepOn } from "./keywhen.mjs";

export { settings } from "./keywhen.mjs";

/** Removed only at the end: ext4 without a journal creates files several times slower for minutes after many were deleted. */
const folders = [];
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

export async function start() {
  const { folder } = await bucketFolders();
  folders.push(folder);
  return { url: folder, pids: () => [], stop: async () => {} };
}

export async function openScheduler(folder) {
  return { schedule: schedulerOf(fsStore({ folder })), close: async () => {} };
}

export async function work(folder, onJob) {
  return sweepOn(fsStore({ folder }), onJob);
}
