import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Workplace } from "./run-keywhen.js";

const MODULES = join(import.meta.dirname, "../../node_modules/@keywhen");
const urlOf = (path: string) => JSON.stringify(pathToFileURL(join(MODULES, path)).href);

/** Beside the user's files: the folder's store, without a lease, in which the bucket `gone` can't be written to. */
const MODULE = `import { open as openFolder } from ${urlOf("adapter-fs/dist/url.js")};
import { ObjectStoreError, wrapStore } from ${urlOf("core/dist/store.js")};
export const open = async (url, env) => {
  const home = await openFolder(url.replace("failing:", "file:"), env);
  const store = wrapStore(home.store, async ({ kind, bucket, key }, call, send) => {
    if (bucket !== "gone") return send(call);
    const message = "The specified bucket does not exist";
    throw new ObjectStoreError({ code: "no-such-bucket", operation: kind, bucket, key, message });
  });
  const capabilities = { ...store.capabilities, putIfVersion: false }; // so each sweep tries everything
  return { ...home, store: { ...store, capabilities } };
};`;

export const FAILING = ["--adapter", "./failing-store.mjs", "--store", "failing:./data"];

export function addFailingStore({ folder }: Workplace): Promise<void> {
  return writeFile(join(folder, "failing-store.mjs"), MODULE);
}
