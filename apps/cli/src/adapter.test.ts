import { writeFile } from "node:fs/promises";
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

  it("says what is wrong with a module", async () => {
    await writeFile(join(place.folder, "empty.mjs"), "export const store = 1;");
    const empty = await place.run(["list", "--adapter", "./empty.mjs"]);
    expect(empty).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("no function open"),
    });
    const missing = await place.run(["list", "--adapter", "./nowhere.mjs"]);
    expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("nowhere.mjs") });
  });
});
