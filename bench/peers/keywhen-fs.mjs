import { fsStore } from "@keywhen/adapter-fs";
import { bucketFolders } from "../ceph-home.mjs";
import { schedulerOf, sweepOn } from "./keywhen.mjs";

export { settings } from "./keywhen.mjs";

export async function start() {
  const { folder, remove } = await bucketFolders();
  return { url: folder, pids: () => [], stop: remove };
}

export async function openScheduler(folder) {
  return { schedule: schedulerOf(fsStore({ folder })), close: async () => {} };
}

export async function work(folder, onJob) {
  return sweepOn(fsStore({ folder }), onJob);
}
