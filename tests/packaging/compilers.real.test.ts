import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installApart } from "@keywhen/test-servers";
import { beforeAll, describe, expect, it } from "vitest";
import { snippetsOf } from "../docs/snippets.js";
import { addPackages, expectReminders, remindersProject } from "./projects.js";
import { ROOT } from "./public-packages.js";
import { run } from "./run.js";

const VERSIONS = ["5.4.5", "5.9.3", "6.0.3", "7.0.2"];
const RESOLUTIONS = [
  { module: "nodenext" },
  { module: "node16" },
  { module: "esnext", moduleResolution: "bundler" },
];
const CASES = VERSIONS.flatMap((version) =>
  RESOLUTIONS.map((resolution) => ({ version, resolution, module: resolution.module })),
);
const COMMONJS = `import core = require("@keywhen/core");\nconsole.log(typeof core.createScheduler);\n`;

const packageOf = (version: string) => `typescript-${version.replaceAll(".", "-")}`;

/** What docs/runtimes.md shows as tsconfig.json. */
const documented = JSON.parse(
  snippetsOf(join(ROOT, "docs/runtimes.md")).find(({ language }) => language === "json")?.code ??
    "",
).compilerOptions;

let tools = "";
beforeAll(() => {
  const compilers = VERSIONS.map((version) => `${packageOf(version)}@npm:typescript@${version}`);
  tools = installApart([...compilers, "@types/node@20.19.43"]);
});

async function compile(
  version: string,
  project: string,
  file: string,
  options: object,
): Promise<string> {
  const config = {
    compilerOptions: { ...documented, skipLibCheck: false, ...options },
    files: [file],
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(tools, "node_modules", packageOf(version), "bin/tsc");
  return run(process.execPath, [tsc, "-p", "."], { cwd: project });
}

function typedProject(): string {
  const project = remindersProject();
  addPackages(project, tools, "@types/node", "undici-types");
  return project;
}

describe("TypeScript compiles the README's program", () => {
  it.each(CASES)("$version with $module", async ({ version, resolution }) => {
    const project = typedProject();
    renameSync(join(project, "reminders.mjs"), join(project, "reminders.ts"));
    await compile(version, project, "reminders.ts", { ...resolution, outDir: "compiled" });
    renameSync(join(project, "compiled/reminders.js"), join(project, "reminders.mjs"));
    if (version === "7.0.2") await expectReminders(project, process.execPath, []);
  });

  it.each(VERSIONS)("%s without Node's types, with those of the DOM", async (version) => {
    const project = remindersProject();
    const program = `import { createScheduler } from "@keywhen/core";\nexport const make = createScheduler;\n`;
    writeFileSync(join(project, "make.ts"), program);
    const lib = ["es2023", "esnext.disposable", "dom", "dom.asynciterable"];
    await compile(version, project, "make.ts", { types: [], lib, noEmit: true });
    const failing = compile(version, project, "make.ts", {
      types: [],
      lib: ["es2023"],
      noEmit: true,
    });
    await expect(failing).rejects.toThrow("Cannot find name 'AbortSignal'");
  });
});

describe("TypeScript compiles CommonJS", () => {
  it.each(["5.9.3", "6.0.3", "7.0.2"])("%s with nodenext", async (version) => {
    const project = typedProject();
    writeFileSync(join(project, "main.cts"), COMMONJS);
    await compile(version, project, "main.cts", {});
    expect(await run(process.execPath, ["main.cjs"], { cwd: project })).toBe("function\n");
  });

  it("with node16 it reports TS1479", async () => {
    const project = typedProject();
    writeFileSync(
      join(project, "main.cts"),
      'import { createScheduler } from "@keywhen/core";\ncreateScheduler;\n',
    );
    const failing = compile("5.9.3", project, "main.cts", { module: "node16" });
    await expect(failing).rejects.toThrow("TS1479");
  });
});
