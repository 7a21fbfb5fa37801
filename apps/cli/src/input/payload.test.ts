import { appendFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addModule, byModule } from "../testing/adapter-modules.js";
import { useWorkplace } from "../testing/run-keywhen.js";
import { openPayload } from "./payload.js";

const place = useWorkplace({ inProcess: true });

const SIZE = 5_000_000;

async function openFile() {
  const file = join(place.folder, "log");
  await writeFile(file, Buffer.alloc(SIZE, 7));
  const payload = await openPayload({ file }, () => {});
  if (!(payload.body instanceof ReadableStream)) throw new Error("it is held");
  return { file, payload, chunks: payload.body[Symbol.asyncIterator]() };
}

async function readAll(chunks: AsyncIterator<Uint8Array>): Promise<number> {
  let bytes = 0;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    bytes += next.value.length;
  }
  return bytes;
}

describe("a file that is too large to be held", () => {
  it("is read to its end", async () => {
    const { payload, chunks } = await openFile();
    expect(payload.size).toBe(SIZE);
    expect(await readAll(chunks)).toBe(SIZE);
    expect(payload.failure()).toBeUndefined();
    await payload[Symbol.asyncDispose]();
  });

  it.each([
    ["grew", (file: string) => appendFile(file, "x")],
    ["shrank", (file: string) => truncate(file, SIZE - 1)],
  ])("is refused when it %s while it was read", async (change, write) => {
    const { file, payload, chunks } = await openFile();
    await chunks.next();
    await write(file);
    await expect(readAll(chunks)).rejects.toThrow(`log ${change} while it was read`);
    expect(payload.failure()).toMatchObject({ name: "ChangedFileError" });
    await payload[Symbol.asyncDispose]();
  });
});

describe("keywhen schedule and its payload", () => {
  const AT = ["schedule", "--at", "2096-11-25T08:00Z", "--to", "out/x"];

  it("says that a file changed, and stores nothing", async () => {
    const change = `import { appendFileSync } from "node:fs";
export const open = async (url, env) => {
  const home = await openFolder(url, env);
  const put = (ref, body, options) => {
    appendFileSync("log", "x");
    return home.store.put(ref, body, options);
  };
  return { ...home, store: { ...home.store, put } };
};`;
    await addModule(place, "change", change);
    await writeFile(join(place.folder, "log"), Buffer.alloc(SIZE));
    const run = await place.run([...AT, "--file", "log", ...byModule("change"), "--json"]);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(JSON.parse(run.stderr)).toMatchObject({ error: { code: "file-changed" } });
    expect((await place.run(["list"])).stdout).toBe("");
  });

  it("notes an empty pipe and an empty file, but not an empty --body", async () => {
    await writeFile(join(place.folder, "empty"), "");
    const note = "Note: the payload is empty.\n";
    expect(await place.run(AT, "")).toMatchObject({ exitCode: 0, stderr: note });
    const file = await place.run([...AT, "--file", "empty"]);
    expect(file).toMatchObject({ exitCode: 0, stderr: note });
    expect(await place.run([...AT, "--body", ""])).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await place.run([...AT, "-q"], "")).toMatchObject({ exitCode: 0, stderr: "" });
  });
});
