import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWorkplace, type Workplace } from "./testing/run-keywhen.js";

const FS_URL = pathToFileURL(
  join(import.meta.dirname, "../node_modules/@keywhen/adapter-fs/dist/url.js"),
).href;
/** A module beside the user's files: a folder under another scheme. */
const MODULE = `import { open as openFolder } from ${JSON.stringify(FS_URL)};
export const open = (url, env) => openFolder(url.replace("mine:", "file:"), env);`;

let place: Workplace;
beforeEach(async () => {
  place = await openWorkplace();
  await writeFile(join(place.folder, "my-store.mjs"), MODULE);
});
afterEach(() => place[Symbol.asyncDispose]());

const MINE = ["--adapter", "./my-store.mjs", "--store", "mine:./data"];

describe("keywhen --adapter", () => {
  it("opens the store by a module of one's own", async () => {
    const id = await place.run(["schedule", "--in", "1h", "--to", "a/b", "-q", ...MINE], "x");
    expect(id).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await place.run([...MINE, "list", "--ids"])).stdout).toBe(id.stdout);
    expect((await place.run(["list", "--ids"])).stdout).toBe(id.stdout); // it is ./data
  });

  it("closes what the module has opened, also when the command fails", async () => {
    const closing = `import { writeSync } from "node:fs";
import { open as openFolder } from "./my-store.mjs";
export const open = async (url, env) => ({
  ...(await openFolder(url, env)),
  [Symbol.asyncDispose]: async () => void writeSync(2, "closed"),
});`;
    await writeFile(join(place.folder, "closing.mjs"), closing);
    const listed = await place.run([...MINE, "list", "--adapter", "./closing.mjs"]);
    expect(listed).toEqual({ exitCode: 0, stdout: "", stderr: "closed" });
    const shown = await place.run([...MINE, "show", "2026", "--adapter", "./closing.mjs"]);
    expect(shown).toMatchObject({ exitCode: 3, stderr: expect.stringMatching(/closed/) });
    const failing = [
      "schedule",
      "--in",
      "1h",
      "--to",
      `b/${"k".repeat(2_000)}`,
      "--adapter",
      "./closing.mjs",
    ];
    const scheduled = await place.run([...MINE, ...failing], "x");
    expect(scheduled).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/closed/) });
  });

  it("tells what failed, and that closing failed as well", async () => {
    const stuck = `import { open as openFolder } from "./my-store.mjs";
export const open = async (url, env) => ({
  ...(await openFolder(url, env)),
  [Symbol.asyncDispose]: async () => { throw new Error("it is stuck"); },
});`;
    await writeFile(join(place.folder, "stuck.mjs"), stuck);
    const listed = await place.run([...MINE, "list", "--adapter", "./stuck.mjs"]);
    expect(listed).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/it is stuck/) });
    const shown = await place.run([...MINE, "show", "2026", "--adapter", "./stuck.mjs"]);
    expect(shown).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/2026.*it is stuck/s),
    });
  });

  it.each([
    ["a main export", { exports: "./index.js" }],
    ["an export for import only", { exports: { ".": { import: { default: "./index.js" } } } }],
    ["conditions", { exports: { types: "./x.d.ts", import: "./index.js" } }],
    ["no exports", { main: "index.js" }],
  ])("finds a package of the project, with %s", async (_, fields) => {
    const folder = join(place.folder, "node_modules/my-store");
    await mkdir(folder, { recursive: true });
    const manifest = { name: "my-store", type: "module", ...fields };
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    await writeFile(join(folder, "index.js"), MODULE);
    const store = ["--adapter", "my-store", "--store", "mine:./data"];
    const id = await place.run(["schedule", "--in", "1h", "--to", "a/b", "-q", ...store], "x");
    expect(id).toMatchObject({ exitCode: 0, stderr: "" });
    const env = { KEYWHEN_ADAPTER: "my-store", KEYWHEN_STORE: "mine:./data" };
    expect((await place.runWith(env, ["list", "--ids"])).stdout).toBe(id.stdout);
  });

  it.each([
    [
      "export const open = () => { throw new TypeError('x is undefined'); };",
      /can't open mine:\.\/data: x is undefined\. /,
    ],
    [
      "export const open = async () => undefined;",
      /returned a value of type undefined\. It must return/,
    ],
    ["export const open = async () => ({ bucket: 'b' });", /returned no ObjectStore as its store/],
    [
      "export const open = async () => ({ store: {}, bucket: 'b' });",
      /returned no ObjectStore as its store/,
    ],
    ["export const open = 1;", /exports no function open/],
    [
      "import 'nowhere-to-be-found'; export const open = 1;",
      /Can't load the adapter .*nowhere-to-be-found/,
    ],
    [
      "export const open = ;",
      /Can't load the adapter .*SyntaxError|Can't load the adapter .*Unexpected token/,
    ],
  ])("names the module for what is wrong with it: %s", async (source, why) => {
    await writeFile(join(place.folder, "wrong.mjs"), source);
    const run = await place.run(["list", "--adapter", "./wrong.mjs", "--store", "mine:./data"]);
    expect(run).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringMatching(why) });
    expect(run.stderr).toMatch(/^keywhen: [^\n]*\.\/wrong\.mjs[^\n]*\n$/);
  });

  it("takes a store that has nothing to close", async () => {
    const source = `import { open as openFolder } from "./my-store.mjs";
export const open = async (url, env) => {
  const { store, bucket } = await openFolder(url, env);
  return { store, bucket };
};`;
    await writeFile(join(place.folder, "plain.mjs"), source);
    const run = await place.run([...MINE, "list", "--adapter", "./plain.mjs"]);
    expect(run).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  it("says where it looked for a package that isn't there", async () => {
    const run = await place.run(["list", "--adapter", "nowhere-to-be-found"]);
    expect(run).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/There is no package nowhere-to-be-found\. .*project/),
    });
  });

  it("says what is wrong with a module", async () => {
    await writeFile(join(place.folder, "empty.mjs"), "export const store = 1;");
    const empty = await place.run(["list", "--adapter", "./empty.mjs"]);
    expect(empty).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("no function open"),
    });
    const missing = await place.run(["list", "--adapter", "./nowhere.mjs"]);
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toMatch(
      /^keywhen: There is no adapter file \.\/nowhere\.mjs\. It was looked for as \/[^ ]*\/nowhere\.mjs\.\n$/,
    );
    const folder = await place.run(["list", "--adapter", "./"]);
    expect(folder.exitCode).toBe(2);
    expect(folder.stderr).toMatch(/^keywhen: The adapter \.\/ is a folder\. Give its file /);
    await writeFile(join(place.folder, "store"), "export const open = 1;");
    const unknownType = await place.run(["list", "--adapter", "./store"]);
    expect(unknownType).toMatchObject({ exitCode: 2, stdout: "" });
    expect(unknownType.stderr).not.toContain("imported from");
  });
});
