import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Workplace } from "./run-keywhen.js";

export interface Loaded {
  readonly exitCode: number | null;
  /** Paths of files, and `node:` names. */
  readonly modules: readonly string[];
  /** Of all files together. */
  readonly bytes: number;
}

/** Writes the address of each loaded module to a file. */
const HOOKS = `import { appendFileSync } from "node:fs";
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED, url + "\\n");
  return next(url, context);
}`;
/** What CommonJS requires by itself no hook sees. */
const REGISTER = `import { appendFileSync } from "node:fs";
import { createRequire, register } from "node:module";
register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(HOOKS)}`)});
const { cache } = createRequire(process.execPath);
process.on("exit", () => {
  const urls = Object.keys(cache).map((path) => "file://" + encodeURI(path));
  appendFileSync(process.env.LOADED, urls.map((url) => url + "\\n").join(""));
});`;

/** Runs a command and returns the modules that it loaded, which do not depend on the machine. */
export async function loadedBy(
  place: Workplace,
  args: readonly string[],
  storeUrl = "file:./data",
): Promise<Loaded> {
  const folder = mkdtempSync(join(tmpdir(), "keywhen-loaded-"));
  const file = join(folder, "urls");
  const env = {
    LOADED: file,
    KEYWHEN_STORE: storeUrl,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(REGISTER)}`,
  };
  try {
    const { exitCode } = await place.runWith(env, args);
    const urls = new Set(readFileSync(file, "utf8").trim().split("\n"));
    const all = [...urls].map((url) => (url.startsWith("file:") ? fileURLToPath(url) : url));
    const modules = all.filter((module) => !/\bend-with-parent\.js$/.test(module)); // of the tests
    const files = modules.filter((module) => !module.startsWith("node:"));
    const bytes = files.reduce((sum, path) => sum + statSync(path).size, 0);
    return { exitCode, modules, bytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
