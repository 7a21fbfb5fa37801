import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CACHE = fileURLToPath(new URL("../node_modules/.cache/", import.meta.url));

interface ApartOptions {
  readonly scripts?: boolean;
}

/** Installs these packages (`name@version`), too large or slow for the workspace, in a folder. Only the first call takes time. */
export function installApart(
  packages: readonly string[],
  { scripts = false }: ApartOptions = {},
): string {
  const folder = join(CACHE, packages.join("+").replace(/[^\w.+-]/g, "_"));
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(join(unfinished, "package.json"), '{ "private": true, "type": "module" }\n');
  const options = [
    "--no-audit",
    "--no-fund",
    scripts ? "--foreground-scripts" : "--ignore-scripts",
  ];
  const { status, stdout, stderr } = spawnSync("npm", ["install", ...options, ...packages], {
    cwd: unfinished,
    encoding: "utf8",
  });
  if (status !== 0) {
    rmSync(unfinished, { recursive: true });
    throw new Error(`npm install ${packages.join(" ")} failed: ${stderr || stdout}`);
  }
  renameSync(unfinished, folder);
  return folder;
}
