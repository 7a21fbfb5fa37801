import { fstatSync, openSync } from "node:fs";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryStore } from "../fixtures/temporary-store.js";
import { streamFile } from "./file-stream.js";
import { blockingCalls as calls } from "./system-calls.js";

const explain = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

async function openedFile(text: string) {
  const { folder } = await temporaryStore();
  const path = join(folder, "file");
  await writeFile(path, text);
  const fd = openSync(path, "r");
  const isClosed = () => {
    try {
      fstatSync(fd);
      return false;
    } catch {
      return true;
    }
  };
  return { path, fd, isClosed };
}

describe("streamFile()", () => {
  it("ends with what is wrong when the file got shorter while it was read", async () => {
    const { path, fd, isClosed } = await openedFile("x".repeat(600_000));
    const reader = streamFile(calls, fd, 600_000, explain, undefined).getReader();
    await reader.read();
    await truncate(path, 262_144);
    await expect(reader.read()).rejects.toThrow("it ended after 262144 of 600000 bytes");
    expect(isClosed()).toBe(true);
  });

  it.each<[string, string, (body: ReadableStream) => Promise<unknown>]>([
    ["its reader cancels", "body", (body) => body.cancel()],
    ["it has been read", "body", (body) => new Response(body).text()],
    ["it is empty and has been read", "", (body) => body.getReader().read()],
  ])("closes the file when %s", async (_, text, read) => {
    const { fd, isClosed } = await openedFile(text);
    await read(streamFile(calls, fd, text.length, explain, undefined));
    await expect.poll(isClosed).toBe(true);
  });

  it.each([
    ["gives its bytes", async () => 5],
    ["fails", () => Promise.reject(new Error("EIO"))],
  ])("breaks off when it is aborted during a read that then %s", async (_, ends) => {
    const { fd, isClosed } = await openedFile("body of bytes");
    const controller = new AbortController();
    const read = async () => {
      controller.abort();
      expect(isClosed()).toBe(false);
      return ends();
    };
    const body = streamFile({ ...calls, read }, fd, 13, explain, controller.signal);
    await expect(body.getReader().read()).rejects.toThrow("aborted by the caller");
    await expect.poll(isClosed).toBe(true);
  });

  it("breaks off when it is aborted, before and between two chunks", async () => {
    const before = await openedFile("body");
    const gone = streamFile(calls, before.fd, 4, explain, AbortSignal.abort());
    await expect(gone.getReader().read()).rejects.toThrow("aborted by the caller");
    const between = await openedFile("x".repeat(600_000));
    const controller = new AbortController();
    const reader = streamFile(calls, between.fd, 600_000, explain, controller.signal).getReader();
    await reader.read();
    controller.abort();
    await expect(reader.read()).rejects.toThrow("aborted by the caller");
    await expect.poll(between.isClosed).toBe(true);
  });
});
