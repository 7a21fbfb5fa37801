import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What these tests read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | { readonly default: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

interface PublicPackage {
  readonly name: string;
  /** Within the repository, like `packages/core`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

const packages: readonly PublicPackage[] = ["packages", "apps", "tests"]
  .flatMap((group) => readdirSync(join(ROOT, group)).map((name) => `${group}/${name}`))
  .filter((folder) => existsSync(join(ROOT, folder, "package.json")))
  .map((folder) => ({ folder, manifest: readManifest(join(ROOT, folder)) }))
  .map(({ folder, manifest }) => ({ name: manifest.name, folder, manifest }));

/** Every package of this repository that is published. */
export const publicPackages = packages.filter(({ manifest }) => manifest.private !== true);

/** The names of the packages that are bundled into others, or used only by tests of this repository. */
export const privatePackages = packages
  .filter(({ manifest }) => manifest.private === true)
  .map(({ name }) => name);
