import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fsStore } from "@keywhen/adapter-fs";
import { createScheduler } from "@keywhen/core";
import type { Workplace } from "./run-keywhen.js";

const MODULES = join(import.meta.dirname, "../../node_modules/@keywhen");
const urlOf = (path: string) => JSON.stringify(pathToFileURL(join(MODULES, path)).href);

/** The imports of an adapter module: `openFolder()` opens the folder of a URL with any scheme. */
export const ADAPTER_IMPORTS = `import { open as openFile } from ${urlOf("adapter-fs/dist/url.js")};
import { ObjectStoreError, wrapStore } from ${urlOf("core/dist/store.js")};
const openFolder = (url, env) => openFile(url.replace(/^\\w+:/, "file:"), env);
`;

/** The options that open the folder `data` by a module. */
export const byModule = (name: string) => ["--adapter", `./${name}.mjs`, "--store", "mine:./data"];

/** Writes an adapter module next to the user's files. */
export function addModule({ folder }: Workplace, name: string, source: string): Promise<void> {
  return writeFile(join(folder, `${name}.mjs`), ADAPTER_IMPORTS + source);
}

export const FAILING = byModule("failing-store");

/** A folder without a lease, so that each sweep tries everything. The bucket `gone` is missing. */
export const addFailingStore = (place: Workplace) =>
  addModule(
    place,
    "failing-store",
    `export const open = async (url, env) => {
  const home = await openFolder(url, env);
  const store = wrapStore(home.store, async ({ kind, bucket, key }, call, send) => {
    if (bucket !== "gone") return send(call);
    const message = "The specified bucket does not exist";
    throw new ObjectStoreError({ code: "no-such-bucket", operation: kind, bucket, key, message });
  });
  const capabilities = { ...store.capabilities, putIfVersion: false };
  return { ...home, store: { ...store, capabilities } };
};`,
  );

export const SLOW = byModule("slow-store");

/** A folder that can't move objects. DELAYS_MS slows requests down by their kind, LACKS replaces capabilities. */
export const addSlowStore = (place: Workplace) =>
  addModule(
    place,
    "slow-store",
    `export const open = async (url, env) => {
  const home = await openFolder(url, env);
  const delays = JSON.parse(env.DELAYS_MS ?? "{}");
  const wrapped = wrapStore(home.store, async (request, call, send) => {
    await new Promise((resolve) => setTimeout(resolve, delays[request.kind] ?? 0)); // ignores its signal
    return send(call);
  });
  const lacks = JSON.parse(env.LACKS ?? "{}");
  const capabilities = { ...home.store.capabilities, move: "none", ...lacks };
  return { ...home, store: { ...wrapped, capabilities, move: undefined } };
};`,
  );

/** Schedules due events, each for another target in the bucket `out`. */
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
