import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { bytes, filesIn, temporaryFolder, textAt } from "../fixtures/temporary-store.js";
import { open } from "./url.js";

async function workIn(folder: string): Promise<void> {
  const before = process.cwd();
  onTestFinished(() => process.chdir(before));
  process.chdir(folder);
}

async function written(url: string): Promise<string> {
  const home = await open(url, {});
  const ref = { bucket: home.bucket, key: "a/b" };
  await home.store.put(ref, bytes("body"));
  expect(await textAt(home.store, ref)).toBe("body");
  await home[Symbol.asyncDispose]();
  const files = await filesIn(".");
  return files.filter((path) => !path.includes(".keywhen")).join();
}

describe("open()", () => {
  it.each([
    ["file:./data", "data/schedule/a/b"],
    ["file:data?bucket=jobs", "data/jobs/a/b"],
    ["file:./my%20data/x/?bucket=two%20words", "my data/x/two words/a/b"],
    ["file:.", "schedule/a/b"],
  ])("opens %s relative to the working directory, and makes what is missing", async (url, path) => {
    await workIn(await temporaryFolder());
    expect(await written(url)).toBe(path);
  });

  it("opens an absolute folder, in each way to write it", async () => {
    const folder = await temporaryFolder();
    await workIn(folder);
    for (const [name, start] of Object.entries({
      a: "file:",
      b: "file://",
      c: "FILE://localhost",
    })) {
      await mkdir(name);
      process.chdir(name);
      expect(await written(start + join(folder, name))).toBe("schedule/a/b");
      process.chdir(folder);
    }
  });

  it("stays with the working directory that it was opened in", async () => {
    const folder = await temporaryFolder();
    await workIn(folder);
    const { store, bucket } = await open("file:./data", {});
    process.chdir("/");
    await store.put({ bucket, key: "k" }, bytes("body"));
    expect(await filesIn(join(folder, "data/schedule"))).toEqual(["k"]);
  });

  it("lists a bucket that isn't made yet as empty", async () => {
    const { store, bucket } = await open(`file:${await temporaryFolder()}/new`, {});
    expect(await store.list({ bucket })).toMatchObject({ objects: [], more: false });
    expect(await store.delete(bucket, ["a"])).toEqual([{ outcome: "gone" }]);
  });

  it("looks at the folder for the doctor: missing, there, or a file", async () => {
    const folder = await temporaryFolder();
    const look = async () => (await (await open(`file:${folder}/data`, {})).inspect?.())?.[0];
    const missing = `there is no folder ${folder}/data/schedule yet; the first event creates it`;
    expect(await look()).toMatchObject({ status: "warn", detail: missing });
    expect(await filesIn(folder)).toEqual([]);
    await mkdir(join(folder, "data/schedule"), { recursive: true });
    expect(await look()).toMatchObject({ name: "folder", status: "ok" });
    await rm(join(folder, "data"), { recursive: true });
    await writeFile(join(folder, "data"), "text");
    expect(await look()).toMatchObject({
      status: "fail",
      detail: expect.stringContaining(`${folder}/data is a file, not a folder`),
    });
  });

  it("says where events wait", async () => {
    const url = `file:${await temporaryFolder()}`;
    expect(await open(url, {})).toMatchObject({ bucket: "schedule", root: undefined });
    expect(await open(`${url}?root=jobs&bucket=b`, {})).toMatchObject({
      bucket: "b",
      root: "jobs",
    });
  });

  it.each([
    "file:./data?buckt=a",
    "file:./data\r",
    "file:./data%00",
    "file:./data ",
    "file: ./data",
    "file:./data ?root=a",
    "file:./data?root=a ",
    "file:./data?root=a%07",
    "file:~/data",
    "file:./data?bucket=../a",
    "file:./a#b",
    "file:",
    "file://data/x",
    "s3://bucket",
  ])("refuses %j", async (url) => {
    const refusal = { name: "KeywhenError", code: "invalid-option" };
    await expect(open(url, {})).rejects.toMatchObject(refusal);
  });
});
