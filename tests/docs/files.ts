import { type Dirent, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** What a build, an install or a test writes. */
const GENERATED = new Set(["node_modules", "dist", "coverage", "packed", "data", "reports"]);
const HIDDEN = new Set([".github", ".ci", ".changeset"]);

/** The files of the checkout whose paths match, found without git, which a copy of the checkout may lack. */
export function filesOf(pattern: RegExp): string[] {
  return walk(root)
    .map((path) => relative(root, path))
    .filter((path) => pattern.test(path))
    .sort();
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(isSource)
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? walk(path) : [path];
    });
}

function isSource({ name }: Dirent): boolean {
  return !GENERATED.has(name) && (!name.startsWith(".") || HIDDEN.has(name));
}
