import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };

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
  "names",
  "dead-letters",
  "report",
  "journal",
  "event-table",
  "sweep",
  "testing",
  "entries", // what package.json exports
];

const src = fileURLToPath(new URL(".", import.meta.url));
const entries = manifest.tsup.entry.map((file) => file.slice("src/".length));
const sources = textsIn(src).filter(
  ({ file }) => !file.endsWith(".test.ts") && !file.startsWith("test-support"),
);

function textsIn(folder: string): { file: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({
      file: file.replaceAll("\\", "/"),
      text: readFileSync(join(folder, file), "utf8"),
    }));
}

/** The first group of each match. */
function matchesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, group = ""]) => group);
}

function importsOf(text: string): string[] {
  return matchesIn(text, /\b(?:from|import)\s*\(?\s*"([\w@.][^"\s]*)"/g);
}

function folderOf(file: string): string {
  if (file.includes("/")) return dirname(file).split("/")[0] ?? "";
  return entries.includes(file) ? "entries" : "base";
}

/** The names between the braces of each statement that matches. */
function namesIn(text: string, statement: RegExp): string[] {
  return matchesIn(text, statement)
    .flatMap((names) => names.split(","))
    .map((name) => name.trim().replace(/^type /, ""))
    .filter((name) => name !== "");
}

describe("core", () => {
  it("has no dependency, and imports nothing but its own files", () => {
    const kinds = ["dependencies", "peerDependencies", "optionalDependencies"];
    expect(kinds.filter((kind) => kind in manifest)).toEqual([]);
    const external = sources.flatMap(({ file, text }) =>
      importsOf(text)
        .filter((specifier) => !specifier.startsWith("."))
        .map((specifier) => `${file} imports ${specifier}`),
    );
    expect(external).toEqual([]);
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
    const cli = fileURLToPath(new URL("../../../apps/cli/src", import.meta.url));
    const commands = textsIn(cli).flatMap(({ text }) => matchesIn(text, /\.command\("([\w-]+)/g));
    expect(commands).toEqual(expect.arrayContaining(["sweep", "run", "doctor"]));
    const command = new RegExp(`\\bkeywhen (?:${commands.join("|")})\\b`);
    const naming = sources.filter(({ text }) => command.test(text)).map(({ file }) => file);
    expect(naming).toEqual([]);
  });

  it("exports no internal name that neither another package nor an app uses", () => {
    const internal = readFileSync(join(src, "internal.ts"), "utf8");
    const exported = namesIn(internal, /export(?: type)? \{([^}]*)\} from/g);
    expect(exported.length).toBeGreaterThan(10);
    const used = ["packages", "apps"]
      .map((folder) => join(src, "../../..", folder))
      .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name, "src")))
      .filter((folder) => existsSync(folder))
      .flatMap((folder) => textsIn(folder))
      .flatMap(({ text }) =>
        namesIn(text, /import(?: type)? \{([^}]*)\} from "@keywhen\/core\/internal"/g),
      );
    expect(exported.filter((name) => !used.includes(name))).toEqual([]);
  });
});
