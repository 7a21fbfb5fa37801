import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type PublicPackage, publicPackages, ROOT } from "./public-packages.js";
import { run } from "./run.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The tarball of each public package. */
    readonly tarballs: Readonly<Record<string, string>>;
    /** A project outside of the repository that has core and the adapter for folders, and nothing else. */
    readonly smallProject: string;
    /** One that has every public package, with whatever npm brings along. */
    readonly fullProject: string;
  }
}

const SMALL = ["@keywhen/core", "@keywhen/adapter-fs"];

/** What the tests add to the full project: the store of docs/custom-store.md keeps its objects with it. */
const OF_THE_EXAMPLE = { "sql.js": "1.16.0" };

const folder = mkdtempSync(join(tmpdir(), "keywhen-packaging-"));

/** Makes tarballs as a release makes them, and two projects that npm installs from them. */
export async function setup(project: TestProject): Promise<void> {
  await run(process.execPath, ["tools/prune-dist.mjs"], { cwd: ROOT });
  const tarballs = await pack(publicPackages, join(folder, "tarballs"));
  const small = Object.fromEntries(SMALL.map((name) => [name, tarballs[name] ?? ""]));
  project.provide("tarballs", tarballs);
  project.provide("smallProject", await install("small", small, {}, ["--offline"]));
  project.provide("fullProject", await install("full", tarballs, OF_THE_EXAMPLE));
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** By pnpm, which writes the versions that `workspace:*` stands for. */
async function pack(
  packages: readonly PublicPackage[],
  to: string,
): Promise<Record<string, string>> {
  const pnpm = join(ROOT, "node_modules/pnpm/bin/pnpm.cjs");
  const filters = packages.flatMap(({ name }) => ["--filter", name]);
  const args = [pnpm, "--recursive", ...filters, "pack", "--pack-destination", to];
  await run(process.execPath, args, { cwd: ROOT });
  return Object.fromEntries(
    packages.map(({ name, manifest: { version } }) => {
      const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
      return [name, join(to, file)];
    }),
  );
}

/** Names each tarball, as a user does, and nothing that the tarballs depend on. */
async function install(
  name: string,
  ours: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>>,
  options: readonly string[] = [],
): Promise<string> {
  const project = join(folder, name);
  mkdirSync(project);
  const files = Object.entries(ours).map(([own, tarball]) => [own, `file:${tarball}`]);
  const manifest = {
    private: true,
    type: "module",
    dependencies: { ...Object.fromEntries(files), ...others },
  };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline"];
  await run("npm", ["install", ...quiet, ...options], { cwd: project });
  return project;
}
