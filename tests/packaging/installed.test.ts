import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openCephAccount, withCeph } from "@keywhen/test-servers";
import { build, stop } from "esbuild";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { publicPackages, ROOT } from "./public-packages.js";
import { run } from "./run.js";

const TSC = join(ROOT, "node_modules/.bin/tsc");
const small = inject("smallProject");
const full = inject("fullProject");

beforeAll(async () => {
  const file = inject("endOfInstall");
  let end = "";
  for (; end === ""; await sleep(100)) if (existsSync(file)) end = readFileSync(file, "utf8");
  expect(end).toBe("installed");
}, 120_000);

// esbuild leaves a process running, which keeps the test runner from ending.
afterAll(() => stop());

/** Copies a file of `uses/` to a project. */
function write(project: string, ...files: string[]): void {
  const uses = fileURLToPath(new URL("uses/", import.meta.url));
  for (const file of files) cpSync(join(uses, file), join(project, file));
}

/** Where no package is installed. */
function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "keywhen-alone-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function bundle(project: string, file: string, outfile: string): Promise<void> {
  const entryPoints = [join(project, file)];
  const options = { bundle: true, minify: true, format: "esm", platform: "node" } as const;
  await build({ entryPoints, outfile, ...options });
}

async function runFile(
  project: string,
  file: string,
  env: Record<string, string> = {},
): Promise<unknown> {
  return JSON.parse(await run(process.execPath, [file], { cwd: project, env }));
}

/** Compiles one file as its user would, declarations of packages included, and without the types of Node. */
async function compile(
  project: string,
  file: string,
  options: object,
  outDir: string,
): Promise<void> {
  const config = {
    compilerOptions: {
      target: "es2023",
      lib: ["es2023", "esnext.disposable", "dom", "dom.asynciterable"],
      strict: true,
      types: [],
      rootDir: ".",
      outDir,
      ...options,
    },
    files: [file],
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config));
  await run(TSC, ["-p", "."], { cwd: project });
}

const NODENEXT = { module: "nodenext" };
const BUNDLER = { module: "esnext", moduleResolution: "bundler" };

describe("core and an adapter, installed in an empty project", () => {
  it("install no other package", () => {
    const visible = (folder: string) => readdirSync(folder).filter((name) => name[0] !== ".");
    expect(visible(join(small, "node_modules"))).toEqual(["@keywhen"]);
    expect(visible(join(small, "node_modules/@keywhen"))).toEqual(["adapter-fs", "core"]);
  });

  it("deliver an event from JavaScript", async () => {
    write(small, "deliver.mjs");
    expect(await runFile(small, "deliver.mjs")).toEqual({ delivered: 1, body: "hello" });
  });

  it("deliver an event from CommonJS", async () => {
    write(small, "deliver.cjs");
    expect(await runFile(small, "deliver.cjs")).toEqual({ delivered: 1, body: "hello" });
  });

  it("deliver an event from TypeScript that resolves modules as Node does", async () => {
    write(small, "deliver.ts");
    await compile(small, "deliver.ts", NODENEXT, "compiled");
    const expected = { waited: [true], delivered: 1, body: "hello" };
    expect(await runFile(small, "compiled/deliver.js")).toEqual(expected);
  });

  it("deliver an event from TypeScript that is bundled", async () => {
    write(small, "deliver.ts");
    await compile(small, "deliver.ts", BUNDLER, "checked");
    const elsewhere = emptyFolder();
    await bundle(small, "deliver.ts", join(elsewhere, "deliver.mjs"));
    const expected = { waited: [true], delivered: 1, body: "hello" };
    expect(await runFile(elsewhere, "deliver.mjs")).toEqual(expected);
  });
});

describe("all packages, installed in an empty project", () => {
  it("come from the tarballs alone", () => {
    const { packages } = JSON.parse(readFileSync(join(full, "package-lock.json"), "utf8"));
    const ours = Object.entries<{ resolved?: string }>(packages).filter(([path]) =>
      /node_modules\/(?:keywhen|@keywhen\/[^/]+)$/.test(path),
    );
    expect(ours).toHaveLength(publicPackages.length);
    for (const [path, { resolved }] of ours) expect(resolved, path).toMatch(/^file:/);
  });

  it("don't bring the CDK along, which is 186 MB", () => {
    expect(existsSync(join(full, "node_modules/aws-cdk-lib"))).toBe(false);
    expect(existsSync(join(full, "node_modules/constructs"))).toBe(false);
  });

  const entries = publicPackages
    .flatMap(({ name, manifest: { exports = {} } }) =>
      Object.entries(exports).map(([path, target]) => ({ entry: name + path.slice(1), target })),
    )
    .filter(({ target }) => typeof target === "object")
    .map(({ entry }) => entry)
    // Needs the CDK, and is tried with it in packages/lambda.
    .filter((entry) => entry !== "@keywhen/lambda/cdk");

  it("have entries that Node loads, each of them", async () => {
    expect(entries.length).toBeGreaterThan(15);
    const loads = entries.map((entry) => `Object.keys(await import("${entry}")).length`);
    writeFileSync(join(full, "load.mjs"), `console.log(JSON.stringify([${loads}]))`);
    const counts = await runFile(full, "load.mjs");
    expect(counts).toEqual(entries.map(() => expect.any(Number)));
    expect(counts).not.toContain(0);
  });

  it.each([
    ["as Node does", NODENEXT],
    ["as bundlers do", BUNDLER],
  ])("have types for TypeScript that resolves modules %s", async (_how, options) => {
    const imports = entries.map((entry, index) => `export * as entry${index} from "${entry}";\n`);
    writeFileSync(join(full, "types.ts"), imports.join(""));
    // Their peers' declarations name types of Node, and are others' to check.
    await compile(full, "types.ts", { ...options, skipLibCheck: true, types: ["node"] }, "checked");
  });
});

describe("the packages next to core, installed in an empty project", () => {
  it("migrate, recur, examine and read a delivery on one schedule", async () => {
    write(full, "around-core.mjs");
    expect(await runFile(full, "around-core.mjs")).toEqual({
      migrated: 1,
      failed: [],
      delivered: 2,
      body: "hello",
      at: "2026-12-24T07:59:00.000Z",
    });
  });
});

withCeph(describe)("the adapter for S3, installed in an empty project", () => {
  it("delivers an event on a real server", async () => {
    const server = await openCephAccount();
    onTestFinished(server.stop);
    write(full, "deliver-on-s3.mjs");
    const env = {
      AWS_ENDPOINT_URL_S3: server.endpoint,
      AWS_REGION: server.region,
      AWS_ACCESS_KEY_ID: server.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
    };
    expect(await runFile(full, "deliver-on-s3.mjs", env)).toEqual({ delivered: 1, body: "hello" });
  });
});

/** Runs a command as npx does, but without npx, which takes longer than the command. */
function runCommand(line: string, store: string, input = ""): Promise<string> {
  const [command = "", ...args] = line.split(" ");
  const env = { KEYWHEN_STORE: store };
  return run(join(full, "node_modules/.bin", command), args, { cwd: full, env, input });
}

const SCHEDULE = "schedule -q --at 2026-01-01T00:00Z --to inbox/hello.txt";

describe("the command, installed in an empty project", () => {
  it("schedules, lists and sweeps as npx keywhen", async () => {
    const store = "file:./cli-data";
    const { version } = publicPackages.find(({ name }) => name === "keywhen")?.manifest ?? {};
    const byNpx = await run("npx", ["--no-install", "keywhen", "--version"], { cwd: full });
    expect(byNpx).toBe(`${version}\n`);
    const id = await runCommand(`keywhen ${SCHEDULE}`, store, "hello");
    expect(await runCommand("keywhen list --ids", store)).toBe(id);
    expect(await runCommand("keywhen sweep", store)).toMatch(/^Delivered 1 of 1 due/);
    expect(readFileSync(join(full, "cli-data/inbox/hello.txt"), "utf8")).toBe("hello");
  });

  it("works on a custom store, as does the conformance kit", async () => {
    const example = join(ROOT, "examples/custom-store");
    for (const file of ["my-store.mjs", "skeleton.mjs", "sqlite-store.mjs", "sqlite-file.mjs"]) {
      cpSync(join(example, file), join(full, file));
    }
    // The example's own tests prove the SQLite store, which takes longer.
    const proved = await runCommand("store-conformance ./skeleton.mjs --buckets a,b", "skeleton:");
    expect(proved).toMatch(/^(\d+) of \1 promises hold\.$/m);
    const jobs = "sqlite:./jobs.db?buckets=schedule,inbox";
    const keywhen = "keywhen --adapter ./my-store.mjs";
    await runCommand(`${keywhen} ${SCHEDULE}`, jobs, "hello");
    const swept = await runCommand(`${keywhen} sweep --allow inbox/*`, jobs);
    expect(swept).toMatch(/^Delivered 1 of 1 due/);
  });
});

describe("the function for Lambda, installed in an empty project", () => {
  const lambda = join(full, "node_modules/@keywhen/lambda");

  it("is ready: its template deploys a bundle that loads by itself", async () => {
    const template = readFileSync(join(lambda, "template.yaml"), "utf8");
    const [, code = ""] = / Code: (\S+)/.exec(template) ?? [];
    const [, file, name] = / Handler: (\w+)\.(\w+)/.exec(template) ?? [];
    const alone = emptyFolder();
    cpSync(join(lambda, code), alone, { recursive: true });
    const load = `const { ${name}: handler } = await import("./${file}.mjs"); console.log(JSON.stringify(typeof handler))`;
    writeFileSync(join(alone, "load.mjs"), load);
    const env = { KEYWHEN_STORE: "s3://acme-schedule", KEYWHEN_ALLOW_TARGETS: "inbox/*" };
    expect(await runFile(alone, "load.mjs", { ...env, AWS_REGION: "us-east-1" })).toBe("function");
  });

  it("can be written by its user and bundled", async () => {
    write(full, "handler.ts");
    await compile(full, "handler.ts", NODENEXT, "checked");
    const alone = emptyFolder();
    await bundle(full, "handler.ts", join(alone, "handler.mjs"));
    await runCommand(`keywhen ${SCHEDULE}`, `file:${join(alone, "data")}`, "hello");
    const invoke = `
      import { handler } from "./handler.mjs";
      const context = { getRemainingTimeInMillis: () => 60_000 };
      console.log(JSON.stringify(await handler({}, context)));`;
    writeFileSync(join(alone, "invoke.mjs"), invoke);
    expect(await runFile(alone, "invoke.mjs")).toMatchObject({ outcome: "swept", delivered: 1 });
    expect(readFileSync(join(alone, "data/inbox/hello.txt"), "utf8")).toBe("hello");
  });
});
