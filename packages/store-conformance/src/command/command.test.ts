import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const COMMAND = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const PACKAGE = dirname(dirname(COMMAND));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(PACKAGE, "dist", "command-test-")); // beneath, so that core is found
});
afterAll(() => rmSync(folder, { recursive: true }));

function moduleOf(capabilities: string): string {
  const file = join(folder, "store.mjs");
  const text = `import { memoryStore } from "@keywhen/core/testing";
export async function open(url) {
  if (url !== "memory:x") throw new Error("not my URL: " + url);
  const store = memoryStore({ clock: Date, buckets: ["a", "b"] });
  return {
    store: { ...store, capabilities: { ...store.capabilities, ${capabilities} } },
    bucket: "a",
    [Symbol.asyncDispose]: async () => process.stdout.write("closed\\n"),
  };
}`;
  writeFileSync(file, text);
  return file;
}

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const AT = ["--store", "memory:x", "--buckets", "a,b"];

const CONTROL = /(?!\n)\p{Cc}/u;

describe("store-conformance", () => {
  it("proves a good store, closes it and prints what it can do", () => {
    const { status, stdout, stderr } = run(moduleOf(""), ...AT);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^ {2}ok {4}are declared in full and make sense$/m);
    expect(stdout).toMatch(/^put if absent +yes$/m);
    expect(stdout).toMatch(/^move +none +a delivery is a copy and a delete$/m);
    expect(stdout).toMatch(/^longest key +1,024 bytes$/m);
    expect(stdout.match(/^closed$/gm)).toHaveLength(1);
    const [, hold, all] = /^(\d+) of (\d+) promises hold\.$/m.exec(stdout) ?? [];
    expect(Number(all)).toBeGreaterThan(50);
    expect(hold).toBe(all);
    expect(status).toBe(0);
  }, 60_000);

  it("says which capability is missing, and tries nothing else", () => {
    const { status, stdout, stderr } = run(moduleOf("deleteBatchSize: undefined"), ...AT);
    expect(stdout).toMatch(
      /^ {2}FAIL {2}are declared in full and make sense\n {8}capabilities\.deleteB/m,
    );
    expect(stderr).toBe(
      "\nstore-conformance: The store can't be proved: capabilities.deleteBatchSize must be a number (got undefined). No other promise was tried.\n",
    );
    expect(stdout).not.toMatch(/^ {2}FAIL {2}puts/m);
    expect(status).toBe(1);
  });

  it.each([
    [
      "a,missing",
      'the bucket "missing" failed: put missing/',
      'Create the bucket "missing" first.',
    ],
    ["gone,a", 'the bucket "gone" failed: put gone/', 'Create the bucket "gone" first.'],
  ])("names the bucket of %s that isn't there, once", (buckets, why, fix) => {
    const { status, stdout, stderr } = run(
      moduleOf(""),
      "--store",
      "memory:x",
      "--buckets",
      buckets,
    );
    expect(stderr).toContain(why);
    expect(stderr).toContain(fix);
    expect(stdout).not.toContain("FAIL");
    expect(stdout.match(/^closed$/gm)).toHaveLength(1);
    expect(status).toBe(2);
  });

  it("says so, once, if the server doesn't answer", () => {
    const refused = `putIfAbsent: true }, put: async () => { throw new Error("connect ECONNREFUSED"); }, never: {`;
    const { status, stdout, stderr } = run(moduleOf(refused), ...AT);
    expect(stderr).toMatch(
      /the first put to the bucket "a" failed: connect ECONNREFUSED\. Check that/,
    );
    expect(stdout).not.toContain("FAIL");
    expect(status).toBe(2);
  });

  it("exits 1 for a broken promise, and names its last calls with their arguments", () => {
    const lies = `putIfAbsent: true }, copy: async () => ({ outcome: "copied" }), never: {`;
    const { status, stdout } = run(moduleOf(lies), ...AT);
    expect(stdout).toMatch(
      /FAIL {2}copies inside a bucket\n(?: {8}.*\n)+? {8}The last calls:\n {10}put\("a\/…\/source", <4 bytes>\) → \{"outcome":"written".*\n {10}copy\("a\/…\/source", "a\/…\/deep\/er\/target"\) → \{"outcome":"copied"\}\n {10}get\("a\/…\/deep\/er\/target"\) → undefined\n/,
    );
    expect(status).toBe(1);
  }, 60_000);

  it("prints no control character that comes from the store or the command line", () => {
    const esc = "\\u001b]0;title\\u0007";
    const lies = `putIfAbsent: true }, copy: async () => { throw new Error("no\\n\\rok ${esc}"); }, never: {`;
    const { stdout, stderr } = run(moduleOf(lies), ...AT);
    expect(stdout).toContain("\\u001b]0;title\\u0007");
    expect(stdout).not.toMatch(CONTROL);
    expect(stderr).toBe("");
    const refusing = `putIfAbsent: true }, put: async () => { throw new Error("${esc}"); }, never: {`;
    expect(run(moduleOf(refusing), ...AT).stderr).not.toMatch(CONTROL);
    const module = run("./\u001b[2J.mjs", ...AT);
    expect(module.stderr).toContain("\\u001b[2J");
    expect(module.stderr).not.toMatch(CONTROL);
  }, 60_000);

  it.each([
    ["no module", [], "give one module"],
    ["no store", ["./x.mjs"], "which store?"],
    ["one bucket", ["./x.mjs", "--store", "x:", "--buckets", "a"], "which buckets?"],
    ["an unknown option", ["./x.mjs", "--stroe", "x:"], "--stroe"],
    ["a module that isn't there", ["./nowhere.mjs", ...AT], "nowhere.mjs"],
  ])("exits 2 for %s", (_, args, why) => {
    expect(run(...args)).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining(why),
    });
  });

  it("exits 2 for a module without open, and for a URL that isn't its", () => {
    const file = moduleOf("");
    const url = ["--store", "other:", "--buckets", "a,b"];
    expect(run(file, ...url)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("other:"),
    });
    writeFileSync(file, "export const store = 1;");
    expect(run(file, ...AT)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("no function open"),
    });
  });

  it("ends without an error and closes the store if the reader of its output ends", async () => {
    const child = spawn(process.execPath, [COMMAND, moduleOf(""), ...AT]);
    child.stdout.once("data", () => child.stdout.destroy());
    const [complaint, [exitCode]] = await Promise.all([text(child.stderr), once(child, "close")]);
    expect({ exitCode, complaint }).toEqual({ exitCode: 0, complaint: "" });
  }, 60_000);

  it("exits 2 if its help can't be printed", () => {
    const readOnly = openSync(COMMAND, "r");
    const { status, stderr } = spawnSync(process.execPath, [COMMAND, "--help"], {
      stdio: ["ignore", readOnly, "pipe"],
      encoding: "utf8",
    });
    closeSync(readOnly);
    expect(status).toBe(2);
    expect(stderr).toContain("store-conformance: Can't write to stdout: EBADF");
  });

  it("explains itself", () => {
    expect(run("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("MODULE") });
  });
});
