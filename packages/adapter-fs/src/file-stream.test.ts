import { open, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryStore } from "../fixtures/temporary-store.js";
import { streamFile } from "./file-stream.js";

const explain = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

async function openedFile(text: string) {
  const { folder } = await temporaryStore();
  const path = join(folder, "file");
  await writeFile(path, text);
  return { path, handle: await open(path) };
}

describe("streamFile()", () => {
  it("ends with what is wrong when the file got shorter while it was read", async () => {
    const { path, handle } = await openedFile("x".repeat(600_000));
    const reader = streamFile(handle, 600_000, explain, undefined).getReader();
    await reader.read();
    await truncate(path, 262_144);
    await expect(reader.read()).rejects.toThrow(
      "the file got shorter while it was read: it ended after 262144 of 600000 bytes",
    );
    await expect(handle.stat()).rejects.toThrow(/closed|EBADF/);
  });

  it.each<[string, string, (body: ReadableStream) => Promise<unknown>]>([
    ["its reader cancels", "body", (body) => body.cancel()],
    ["it has been read", "body", (body) => new Response(body).text()],
    ["it is empty and has been read", "", (body) => body.getReader().read()],
  ])("closes the file when %s", async (_, text, read) => {
    const { handle } = await openedFile(text);
    await read(streamFile(handle, text.length, explain, undefined));
    await expect(handle.stat()).rejects.toThrow(/closed|EBADF/);
  });

  it("breaks off when it is aborted, before and between two chunks", async () => {
    const before = await openedFile("body");
    const gone = streamFile(before.handle, 4, explain, AbortSignal.abort());
    await expect(gone.getReader().read()).rejects.toThrow("aborted by the caller");
    const between = await openedFile("x".repeat(600_000));
    const controller = new AbortController();
    const reader = streamFile(between.handle, 600_000, explain, controller.signal).getReader();
    await reader.read();
    controller.abort();
    await expect(reader.read()).rejects.toThrow("aborted by the caller");
    await expect.poll(() => between.handle.stat().catch(String)).toMatch(/closed|EBADF/);
  });
});
