import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fsStore } from "@keywhen/adapter-fs";
import { SCHEDULE, schedulerOf, sweepOn, TARGET } from "./keywhen.mjs";

export { settings } from "./keywhen.mjs";

export async function start() {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-peers-"));
  for (const bucket of [SCHEDULE, TARGET]) await mkdir(join(folder, bucket));
  return { url: folder, pids: () => [], stop: () => rm(folder, { recursive: true }) };
}

export async function openScheduler(folder) {
  return { schedule: schedulerOf(fsStore({ folder })), close: async () => {} };
}

export async function work(folder, onJob) {
  return sweepOn(fsStore({ folder }), onJob);
}
