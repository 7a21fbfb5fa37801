import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** Files of a folder may import those of the folders before it. */
const ORDER = [
  "base", // the files next to the folders
  "input",
  "store",
  "time",
  "key",
  "options",
  "requests",
  "lease",
  "shards",
  "targets",
  "scheduler",
  "dead-letters",
  "report",
  "event-table",
  "sweep",
  "testing",
  "entries", // what package.json exports
];

const src = fileURLToPath(new URL(".", import.meta.url));
const manifest = JSON.parse(readFileSync(join(src, "../package.json"), "utf8"));
const entries: readonly string[] = manifest.tsup.entry.map((file: string) => file.slice(4));
const sources = filesIn(src)
  .filter((file) => !file.endsWith(".test.ts") && !file.startsWith("test-support"))
  .map((file) => ({ file, text: readFileSync(join(src, file), "utf8") }));

function filesIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files.map((file) => file.replaceAll("\\", "/")).filter((file) => file.endsWith(".ts"));
}

function importsOf(text: string): string[] {
  const imports = text.matchAll(/\b(?:from|import)\s*\(?\s*"([\w@.][^"\s]*)"/g);
  return [...imports].map(([, specifier = ""]) => specifier);
}

function folderOf(file: string): string {
  if (file.includes("/")) return dirname(file).split("/")[0] ?? "";
  return entries.includes(file) ? "entries" : "base";
}

/** The names of the command line's commands. */
function commandNames(): readonly string[] {
  const cli = fileURLToPath(new URL("../../../apps/cli/src", import.meta.url));
  const texts = filesIn(cli).map((file) => readFileSync(join(cli, file), "utf8"));
  return texts.flatMap((text) =>
    [...text.matchAll(/\.command\("([\w-]+)/g)].map(([, name = ""]) => name),
  );
}

/** The names between the braces of each statement that matches. */
function namesIn(text: string, statement: RegExp): string[] {
  return [...text.matchAll(statement)].flatMap(([, names = ""]) =>
    names
      .split(",")
      .map((name) => name.trim().replace(/^type /, ""))
      .filter((name) => name !== ""),
  );
}

/** The names that the other packages import from `@keywhen/core/internal`. */
function internalNamesInUse(): ReadonlySet<string> {
  const packages = fileURLToPath(new URL("../..", import.meta.url));
  const texts = readdirSync(packages)
    .map((name) => join(packages, name, "src"))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => filesIn(folder).map((file) => readFileSync(join(folder, file), "utf8")));
  const IMPORT = /import(?: type)? \{([^}]*)\} from "@keywhen\/core\/internal"/g;
  return new Set(texts.flatMap((text) => namesIn(text, IMPORT)));
}

describe("core", () => {
  it("has no dependency, and imports nothing but its own files", () => {
    const { dependencies, peerDependencies, optionalDependencies } = manifest;
    expect({ ...dependencies, ...peerDependencies, ...optionalDependencies }).toEqual({});
    const foreign = sources.flatMap(({ file, text }) =>
      importsOf(text)
        .filter((specifier) => !specifier.startsWith("."))
        .map((specifier) => `${file} imports ${specifier}`),
    );
    expect(foreign).toEqual([]);
  });

  it("imports from folder to folder in one direction", () => {
    const folders = new Set(sources.map(({ file }) => folderOf(file)));
    expect([...folders].sort()).toEqual([...ORDER].sort());
    const wrong = sources.flatMap(({ file, text }) =>
      importsOf(text)
        .map((specifier) => relative(src, resolve(src, dirname(file), specifier)))
        .map((path) => path.replaceAll("\\", "/").replace(/\.js$/, ".ts"))
        .filter((to) => ORDER.indexOf(folderOf(to)) > ORDER.indexOf(folderOf(file)))
        .map((to) => `${file} imports ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it("names no command of the command line", () => {
    const commands = commandNames();
    expect(commands).toEqual(expect.arrayContaining(["sweep", "run", "doctor"]));
    const command = new RegExp(`\\bkeywhen (?:${commands.join("|")})\\b`);
    const naming = sources.filter(({ text }) => command.test(text)).map(({ file }) => file);
    expect(naming).toEqual([]);
  });

  it("exports no internal name that the other packages don't use", () => {
    const exported = namesIn(
      readFileSync(join(src, "internal.ts"), "utf8"),
      /export(?: type)? \{([^}]*)\} from/g,
    );
    expect(exported.length).toBeGreaterThan(10);
    const used = internalNamesInUse();
    expect(exported.filter((name) => !used.has(name))).toEqual([]);
  });
});
