import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { filesOf } from "./files.js";
import { inLanguage, pages, root } from "./pages.js";
import { follow, runInShell } from "./run-in-shell.js";
import { type Snippet, snippetsOf } from "./snippets.js";

const all = pages.flatMap((page) => snippetsOf(join(root, page)));
const every = (...languages: string[]): Snippet[] =>
  all.filter(({ language }) => languages.includes(language));
const tsc = join(root, "node_modules/.bin/tsc");

/** What becomes of each language: `ts` is compiled, `sh` and named files are run, `python` is run by tests/interop/, the rest is parsed. */
const KNOWN = [
  "ts",
  "typescript",
  "js",
  "sh",
  "console",
  "json",
  "yaml",
  "text",
  "mermaid",
  "python",
];

const FIRST_EVENT = "docs/guides/first-event.md";

describe("the documentation", () => {
  const folder = fileURLToPath(new URL(".snippets/", import.meta.url));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("names the language of each snippet, so that a test here tries it", () => {
    const unknown = all.filter(({ language }) => !KNOWN.includes(language));
    expect(unknown.map(({ place, language }) => `${place} ${language}`)).toEqual([]);
  });

  it("shows TypeScript that compiles", () => {
    // A program in JavaScript that the README calls TypeScript as well.
    const files = [...every("ts"), ...inLanguage("README.md", "js")];
    expect(files.length).toBeGreaterThan(3);
    const places = files.map(({ code, place }, index) => {
      writeFileSync(join(folder, `snippet-${index}.ts`), `${code}export {};\n`);
      return `snippet-${index}.ts is ${place}`;
    });
    const config = {
      extends: "../../../tsconfig.base.json",
      compilerOptions: { noUnusedLocals: false },
      include: ["*.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const { status, stdout } = spawnSync(tsc, ["-p", folder], { encoding: "utf8" });
    expect(status, `${stdout}\n${places.join("\n")}`).toBe(0);
  });

  it("shows other code that can be parsed", () => {
    const files = every("typescript", "js").map(({ code, place }) => {
      const file = join(folder, `${place.replace(/\W+/g, "-")}.mts`);
      writeFileSync(file, code);
      return file;
    });
    const options = ["--noEmit", "--noCheck", "--noResolve", "--target", "es2023"];
    const { status, stdout } = spawnSync(tsc, [...options, ...files], { encoding: "utf8" });
    for (const file of files) rmSync(file);
    expect(status, stdout).toBe(0);
  });

  it.each(every("console"))("shows commands at $place that a shell can read", ({ code }) => {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: typed(code), encoding: "utf8" });
    expect(status, stderr).toBe(0);
  });

  it.each(every("json"))("shows JSON at $place", ({ code }) => {
    expect(() => JSON.parse(code)).not.toThrow();
  });

  it.each(every("yaml"))("shows YAML at $place", ({ code }) => {
    expect([...parseAllDocuments(code)].flatMap(({ errors }) => errors)).toEqual([]);
  });

  it("shows a test that prints what the page says", async () => {
    const snippet = inLanguage("README.md", "ts").find(({ code }) =>
      code.includes("clock.advance"),
    );
    const file = join(folder, "own-test.ts");
    writeFileSync(file, snippet?.code ?? "");
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await import(file);
    expect(log.mock.calls).toMatchObject([[{ outcome: "swept", delivered: 1 }]]);
    log.mockRestore();
  });

  it.each(pages.filter((page) => page !== FIRST_EVENT && inLanguage(page, "sh").length > 0))(
    "shows commands in %s that work one after the other",
    (page) => {
      const commands = follow(snippetsOf(join(root, page)));
      const { status, stderr, stdout } = runInShell(commands);
      expect(status, `${stdout}\n${stderr}`).toBe(0);
    },
  );

  it("names only npm scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const text = pages.map((page) => readFileSync(join(root, page), "utf8")).join("\n");
    const named = [...text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(3);
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  it("names only test projects that exist", () => {
    const text = pages.map((page) => readFileSync(join(root, page), "utf8")).join("\n");
    const named = [...text.matchAll(/--project ([a-z0-9-]+)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(3);
    const configs = filesOf(/vitest\.config\.ts$/).map((file) =>
      readFileSync(join(root, file), "utf8"),
    );
    for (const name of named) expect(configs.join("")).toContain(`name: "${name}"`);
  });
});

/** What is typed of a session with prompts; without prompts all of it is. */
function typed(session: string): string {
  if (!/^\$ /m.test(session)) return session;
  const commands = session.match(/^\$ (?:.*\\\n)*.*$/gm) ?? [];
  return commands.map((command) => command.slice(2)).join("\n");
}

describe("the guide to a first event", () => {
  it("leads from an empty folder to an event that arrived, and a test", () => {
    const { status, stdout, stderr } = runInShell(follow(snippetsOf(join(root, FIRST_EVENT))));
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^scheduled \S+\|reminders\|42\.json\|\w{12}$/m);
    expect(stdout).toMatch(/^data\/schedule\/keywhen\/pending\/.*reminders.*42\.json/m);
    expect(stdout).toContain('{"userId":42,"text":"stand up"}');
    // Not at the beginning of its line if the sweeper says so just after `cat` has shown the body, which ends no line.
    const printed = stdout.match(/(?:^|})delivered 42\.json, \d+ ms late$/gm);
    expect(printed, stdout).toHaveLength(2);
    expect(stdout).toMatch(/^(?:#|ℹ) pass 1$/m); // Node 20 writes it as TAP, Node 24 for people
  });
});

describe("the quickstart", () => {
  it("shows three files arrive as they were sent, and ends by itself", () => {
    const script = join(root, "tools/quickstart.mjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    expect(stdout.match(/delivered {2}inbox\/today\/\S+ {2}\d+ ms late/g)).toHaveLength(3);
    expect(stdout.match(/\d+ bytes, the same/g)).toHaveLength(3);
    expect(stdout).toContain("Try next:");
  });
});
