// Packs every published package into packed/, as it would be published, so that a project elsewhere can install it:
// npm install ../keywhen/packed/keywhen-core.tgz
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pruneDist } from "./prune-dist.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = `${root}packed`;
rmSync(folder, { recursive: true, force: true });

pruneDist();
const filters = publishedPackages().flatMap((name) => ["--filter", name]);
const args = ["--dir", root, ...filters, "pack", "--out", `${folder}/%s.tgz`];
const { status, stdout, stderr } = spawnSync(`${root}node_modules/.bin/pnpm`, args, {
  encoding: "utf8",
});
if (status !== 0) throw new Error(`Packing failed:\n${stdout}${stderr}`);
for (const file of readdirSync(folder)) console.log(`packed/${file}`);

function publishedPackages() {
  return ["packages", "apps"]
    .flatMap((group) => readdirSync(root + group).map((name) => `${root}${group}/${name}`))
    .map((path) => `${path}/package.json`)
    .filter((file) => existsSync(file)) // git leaves the dist/ of a package that has moved
    .map((file) => JSON.parse(readFileSync(file, "utf8")))
    .filter((manifest) => !manifest.private)
    .map(({ name }) => name);
}
