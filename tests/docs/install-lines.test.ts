import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { tarballOf } from "../packaging/pack-once.js";
import { installLines } from "./install-lines.js";
import { pages, root } from "./pages.js";

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const published: Manifest[] = ["packages", "apps"]
  .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
  .map((folder) => join(folder, "package.json"))
  .filter((file) => existsSync(file))
  .map((file) => JSON.parse(readFileSync(file, "utf8")))
  .filter((manifest: Manifest) => !manifest.private);

const byTarball = new Map(
  published.map((manifest) => [basename(tarballOf(manifest.name)), manifest]),
);

const lines = installLines();
const ofOurs = lines.filter(({ packages }) => packages.some((one) => one.endsWith(".tgz")));

/** The name of what a word of an install command installs, without version or path. */
function nameOf(word: string): string {
  return byTarball.get(basename(word))?.name ?? word.replace(/(?<=.)@.*$/, "");
}

function missingPeers({ packages }: { readonly packages: readonly string[] }): string[] {
  const names = packages.map(nameOf);
  const needed = packages.flatMap((word) => {
    const { peerDependencies = {}, peerDependenciesMeta = {} } =
      byTarball.get(basename(word)) ?? {};
    return Object.keys(peerDependencies).filter((peer) => !peerDependenciesMeta[peer]?.optional);
  });
  return needed.filter((peer) => !names.includes(peer));
}

describe("the commands that install keywhen", () => {
  it("are found in the pages, in an example and in a page's text", () => {
    const files = ofOurs.map(({ place }) => place.split(":")[0]);
    expect(files).toEqual(
      expect.arrayContaining([
        "README.md",
        "docs/deploy-aws.md",
        "examples/container/Containerfile",
        "examples/systemd/keywhen.service",
        "packages/telemetry/README.md",
      ]),
    );
    const cdk = ofOurs.find(({ command }) => command.includes("aws-cdk-lib"));
    expect(cdk?.packages.at(-1)).toBe("constructs");
  });

  it("name no package of ours that would come from a registry, which has none of them yet", () => {
    const ours = /^(?:keywhen|@keywhen\/[\w-]+)(?:@|$)/;
    const wrong = lines.filter(({ packages }) => packages.some((word) => ours.test(word)));
    expect(wrong.map(({ place, command }) => `${place}: ${command}`)).toEqual([]);
  });

  it.each(ofOurs)(
    "name only tarballs that there are, and all that they need, at $place",
    (line) => {
      const tarballs = line.packages
        .filter((word) => word.endsWith(".tgz"))
        .map((word) => basename(word));
      expect(tarballs.filter((tarball) => !byTarball.has(tarball))).toEqual([]);
      expect(missingPeers(line)).toEqual([]);
    },
  );

  it("come before the first npx of what they install", () => {
    for (const page of pages) {
      const text = readFileSync(join(root, page), "utf8");
      const [, name = ""] = /\bnpx (@keywhen\/[\w-]+|keywhen)\b/.exec(text) ?? [];
      if (name === "") continue;
      const installed = text.indexOf(`packed/${basename(tarballOf(name))}`);
      expect(installed, `${page} must install ${name} first`).toBeGreaterThan(-1);
      expect(installed).toBeLessThan(text.indexOf(`npx ${name}`));
    }
  });
});
