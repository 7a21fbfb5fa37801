// Removes what older builds left in dist/: turbo restores a build from its cache next to the files that are there, and a package
// would be packed with both. Chunks that no entry imports are stale, and so are declarations of sources that are gone.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Chunks carry a hash of what is in them, entries don't. */
const CHUNK = /-[A-Z0-9]{8}\.js$/;

const root = fileURLToPath(new URL("../", import.meta.url));

/** Prunes the dist/ of every package in the workspace's packages/ and apps/. */
export function pruneDist() {
  for (const group of ["packages", "apps"]) {
    for (const name of readdirSync(root + group)) prune(join(root, group, name));
  }
}

/** Prunes one package, and returns the files that it removed from its dist/. */
export function prune(folder) {
  const dist = join(folder, "dist");
  if (!existsSync(dist)) return [];
  const files = readdirSync(dist, { recursive: true });
  const stale = [...staleChunks(dist, files), ...files.filter((file) => isStaleType(folder, file))];
  for (const file of stale) rmSync(join(dist, file), { force: true });
  return stale;
}

function staleChunks(dist, files) {
  const chunks = new Set(files.filter((file) => CHUNK.test(file)));
  const reached = new Set();
  let next = files.filter((file) => file.endsWith(".js") && !chunks.has(file));
  while (next.length > 0) {
    const code = next.map((file) => readFileSync(join(dist, file), "utf8")).join("\n");
    next = [...chunks].filter((chunk) => !reached.has(chunk) && code.includes(basename(chunk)));
    for (const chunk of next) reached.add(chunk);
  }
  return [...chunks]
    .filter((chunk) => !reached.has(chunk))
    .flatMap((chunk) => [chunk, `${chunk}.map`]);
}

function isStaleType(folder, file) {
  if (!file.endsWith(".d.ts")) return false;
  const source = file.replace(/\.d\.ts$/, ".ts");
  const [bundled, ...path] = source.split("/");
  const isBundled = existsSync(join(root, "packages", bundled, "src", ...path));
  return !existsSync(join(folder, "src", source)) && !(path.length > 0 && isBundled);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) pruneDist();
