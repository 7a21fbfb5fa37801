import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fsStore } from "@keywhen/adapter-fs";
import { createScheduler } from "@keywhen/core";
import type { Workplace } from "./run-keywhen.js";

const MODULES = join(import.meta.dirname, "../../node_modules/@keywhen");
const urlOf = (path: string) => JSON.stringify(pathToFileURL(join(MODULES, path)).href);

/** Beside the user's files: the folder's store without moves, of which some things can be taken and some slowed. */
const MODULE = `import { open as openFolder } from ${urlOf("adapter-fs/dist/url.js")};
import { wrapStore } from ${urlOf("core/dist/store.js")};
export const open = async (url, env) => {
  const home = await openFolder(url.replace("slow:", "file:"), env);
  const delays = JSON.parse(env.DELAYS_MS ?? "{}");
  const wrapped = wrapStore(home.store, async (request, call, send) => {
    await new Promise((resolve) => setTimeout(resolve, delays[request.kind] ?? 0)); // deaf to its signal
    return send(call);
  });
  const lacks = JSON.parse(env.LACKS ?? "{}");
  const capabilities = { ...home.store.capabilities, move: "none", ...lacks };
  return { ...home, store: { ...wrapped, capabilities, move: undefined } };
};`;

export const SLOW = ["--adapter", "./slow-store.mjs", "--store", "slow:./data"];

export function addSlowStore({ folder }: Workplace): Promise<void> {
  return writeFile(join(folder, "slow-store.mjs"), MODULE);
}

/** Schedules events that are due, all for their own targets in the bucket `out`. */
export async function scheduleDue({ folder }: Workplace, count: number): Promise<void> {
  const store = fsStore({ folder: join(folder, "data"), createBuckets: true });
  const at = new Date(Date.now() - 60_000);
  const events = Array.from({ length: count }, (_, index) => ({
    at,
    to: { bucket: "out", key: `${index}.txt` },
    body: "x",
  }));
  await createScheduler({ store, bucket: "schedule" }).scheduleMany(events);
}
