import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { ADAPTER_IMPORTS, addModule, byModule } from "../testing/adapter-modules.js";
import { useWorkplace } from "../testing/run-keywhen.js";

const OPENING = "export const open = openFolder;";

const place = useWorkplace();
beforeEach(() => addModule(place, "my-store", OPENING));

const MINE = byModule("my-store");

describe("keywhen --adapter", () => {
  it("opens the store by the user's module", async () => {
    const id = await place.run(["schedule", "--in", "1h", "--to", "a/b", "-q", ...MINE], "x");
    expect(id).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await place.run([...MINE, "list", "--ids"])).stdout).toBe(id.stdout);
    expect((await place.run("list --ids")).stdout).toBe(id.stdout); // it is ./data
  });

  it("closes what the module has opened, also when the command fails", async () => {
    const closing = `import { writeSync } from "node:fs";
export const open = async (url, env) => ({
  ...(await openFolder(url, env)),
  [Symbol.asyncDispose]: async () => void writeSync(2, "closed"),
});`;
    await addModule(place, "closing", closing);
    const by = byModule("closing");
    const listed = await place.run(["list", ...by]);
    expect(listed).toEqual({ exitCode: 0, stdout: "", stderr: "closed" });
    const shown = await place.run(["show", "2026", ...by]);
    expect(shown).toMatchObject({ exitCode: 3, stderr: expect.stringMatching(/closed/) });
    const tooLong = `schedule --in 1h --to b/${"k".repeat(2_000)}`.split(" ");
    const scheduled = await place.run([...tooLong, ...by], "x");
    expect(scheduled).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/closed/) });
  });

  it("reports what failed, and that closing failed too", async () => {
    const stuck = `export const open = async (url, env) => ({
  ...(await openFolder(url, env)),
  [Symbol.asyncDispose]: async () => { throw new Error("it is stuck"); },
});`;
    await addModule(place, "stuck", stuck);
    const listed = await place.run(["list", ...byModule("stuck")]);
    expect(listed).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/it is stuck/) });
    const shown = await place.run(["show", "2026", ...byModule("stuck")]);
    expect(shown.exitCode).toBe(3);
    expect(shown.stderr).toMatch(/2026.*it is stuck/s);
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
    await writeFile(join(folder, "index.js"), ADAPTER_IMPORTS + OPENING);
    const by = "--adapter my-store --store mine:./data";
    const id = await place.run(`schedule --in 1h --to a/b -q ${by}`, "x");
    expect(id).toMatchObject({ exitCode: 0, stderr: "" });
    const env = { KEYWHEN_ADAPTER: "my-store", KEYWHEN_STORE: "mine:./data" };
    expect((await place.runWith(env, "list --ids")).stdout).toBe(id.stdout);
  });

  it("accepts a store that has nothing to close", async () => {
    const source = `export const open = async (url, env) => {
  const { store, bucket } = await openFolder(url, env);
  return { store, bucket };
};`;
    await addModule(place, "plain", source);
    const run = await place.run(["list", ...byModule("plain")]);
    expect(run).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  it("does not name a file of keywhen for a module that can't be loaded", async () => {
    await writeFile(join(place.folder, "no-type"), "export const open = 1;");
    const run = await place.run("list --adapter ./no-type");
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).not.toContain("imported from");
  });
});
