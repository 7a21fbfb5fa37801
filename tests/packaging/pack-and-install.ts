import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { packOnce, tarballOf } from "./pack-once.js";
import { publicPackages } from "./public-packages.js";
import { run } from "./run.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The tarball of each public package. */
    readonly tarballs: Readonly<Record<string, string>>;
    /** A project outside of the repository that has core and the adapter for folders, and nothing else. */
    readonly smallProject: string;
    /** One that has every public package, with the packages that npm installs for them. */
    readonly fullProject: string;
    /** A file that is there when npm has installed both: `installed`, or why it failed. */
    readonly endOfInstall: string;
  }
}

const SMALL = ["@keywhen/core", "@keywhen/adapter-fs"];

/** What the tests add to the full project: the store of docs/custom-store.md keeps its objects with it. */
const OF_THE_EXAMPLE = { "sql.js": "1.16.0" };

const folder = mkdtempSync(join(tmpdir(), "keywhen-packaging-"));
const endOfInstall = join(folder, "end-of-install");
let installing: Promise<unknown> = Promise.resolve();

/** Makes tarballs, and lets npm install two projects from them while other tests run. */
export async function setup(project: TestProject): Promise<void> {
  await packOnce();
  const tarballs = Object.fromEntries(publicPackages.map(({ name }) => [name, tarballOf(name)]));
  const small = Object.fromEntries(SMALL.map((name) => [name, tarballs[name] ?? ""]));
  project.provide("tarballs", tarballs);
  project.provide("smallProject", join(folder, "small"));
  project.provide("fullProject", join(folder, "full"));
  project.provide("endOfInstall", endOfInstall);
  installing = Promise.all([
    install("small", small, {}, ["--offline"]),
    install("full", tarballs, OF_THE_EXAMPLE),
  ])
    .then(() => "installed", String)
    .then((end) => writeFileSync(endOfInstall, end));
}

export async function teardown(): Promise<void> {
  await installing;
  rmSync(folder, { recursive: true, force: true });
}

/** Names each tarball, as a user does, and nothing that the tarballs depend on. */
async function install(
  name: string,
  ours: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>>,
  options: readonly string[] = [],
): Promise<void> {
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
}
