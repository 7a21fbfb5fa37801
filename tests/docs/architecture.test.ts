import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inLanguage, root } from "./pages.js";

interface Package {
  readonly name: string;
  /** Installed with it, or next to it. */
  readonly dependencies: readonly string[];
  /** What else its code imports: bundled into it, or loaded if it is there. */
  readonly imported: readonly string[];
}

const packages = ["packages", "apps"].flatMap((group) =>
  readdirSync(join(root, group))
    .filter((name) => existsSync(join(root, group, name, "package.json")))
    .map((name) => packageIn(join(root, group, name), name)),
);

function packageIn(folder: string, name: string): Package {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    .filter(isOurs)
    .map(shortName);
  const imported = importsIn(join(folder, "src")).filter((one) => !dependencies.includes(one));
  return { name, dependencies, imported };
}

/** The workspace's packages that the code in a folder imports, tests left out. */
function importsIn(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => /\.ts$/.test(file) && !/\.test\.|testing\//.test(file));
  const texts = sources.map((file) => readFileSync(join(folder, file), "utf8"));
  const names = texts.flatMap((text) =>
    [...text.matchAll(/(?:from |import\(|importPackage\()"(@keywhen\/[\w-]+)/g)].map(
      ([, name = ""]) => name,
    ),
  );
  return [...new Set(names.map(shortName))];
}

function isOurs(name: string): boolean {
  return name.startsWith("@keywhen/");
}

function shortName(name: string): string {
  return name.replace("@keywhen/", "");
}

/** The arrows of one kind in the picture, as "from to". */
function drawn(arrow: "-->" | "-.->"): string[] {
  const [picture] = inLanguage("ARCHITECTURE.md", "mermaid");
  const lines = (picture?.code ?? "").split("\n").map((line) => line.trim().split(` ${arrow} `));
  return lines
    .flatMap(([from, to]) => to?.split(" & ").map((one) => `${from} ${one}`) ?? [])
    .sort();
}

function arrowsOf(kind: "dependencies" | "imported"): string[] {
  return packages.flatMap((one) => one[kind].map((to) => `${one.name} ${to}`)).sort();
}

describe("the picture of the packages", () => {
  it("shows what each is installed with", () => {
    expect(drawn("-->")).toEqual(arrowsOf("dependencies"));
  });

  it("shows what else its code uses", () => {
    expect(drawn("-.->")).toEqual(arrowsOf("imported"));
  });

  it("lets core use nothing", () => {
    expect(
      [...drawn("-->"), ...drawn("-.->")].filter((arrow) => arrow.startsWith("core ")),
    ).toEqual([]);
  });
});
