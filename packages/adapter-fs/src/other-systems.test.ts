import type { ObjectStore } from "@keywhen/core/store";
import { afterEach, describe, expect, it } from "vitest";
import { bytes, temporaryStore, textAt } from "../fixtures/temporary-store.js";
import { fsStore } from "./fs-store.js";
import type { SystemCalls } from "./system-calls.js";
import { open } from "./url.js";

const platform = process.platform;
afterEach(() => runOn(platform));

function runOn(name: string): void {
  Object.defineProperty(process, "platform", { value: name });
}

async function proveCalls(store: ObjectStore): Promise<void> {
  const at = (key: string) => ({ bucket: "out", key });
  const body = "x".repeat(300_000);
  await store.put(at("a/b"), bytes(body), { contentType: "text/plain" });
  expect(await store.copy(at("a/b"), at("c/d"))).toEqual({ outcome: "copied" });
  expect(await store.copy(at("a/b"), at("c/d"))).toEqual({ outcome: "copied" });
  expect(await store.move?.(at("a/b"), at("e"))).toEqual({ outcome: "copied" });
  expect(await textAt(store, at("c/d"))).toBe(body);
  expect(await store.head(at("e"))).toMatchObject({ size: 300_000, contentType: "text/plain" });
  expect(await store.head(at("a/b"))).toBeUndefined();
  expect(await store.delete("out", ["c/d", "e", "gone"])).toHaveLength(3);
  expect(await store.list({ bucket: "out" })).toMatchObject({ objects: [], more: false });
}

/** Only Linux reports the path of an open folder: other systems use a path unchanged after the check. */
describe.each(["darwin", "freebsd"])("on %s", (name) => {
  it("puts, copies, moves, reads and deletes objects", async () => {
    const { folder } = await temporaryStore();
    runOn(name);
    await proveCalls(fsStore({ folder, createBuckets: true }));
  });
});

describe("on win32, which opens no folders", () => {
  it("puts, copies, moves, reads and deletes objects", async () => {
    const { store } = await temporaryStore((calls) => ({
      ...calls,
      open(path, flags, mode) {
        if (flags !== "r") return calls.open(path, flags, mode);
        throw Object.assign(new Error("a folder"), { code: "EISDIR" });
      },
    }));
    runOn("win32");
    await proveCalls(store);
  });
});

describe("on Linux without /proc", () => {
  it("puts, copies, moves, reads and deletes objects", async () => {
    const missing = () => {
      throw Object.assign(new Error("no /proc"), { code: "ENOENT" });
    };
    const withoutProc = (calls: SystemCalls) => ({
      ...calls,
      pathOf: missing,
      copyFile: async () => missing(),
    });
    const { store } = await temporaryStore(withoutProc);
    runOn("linux");
    await proveCalls(store);
  });
});

describe("a store URL on Windows", () => {
  it("has a / before the drive that is no part of the path", async () => {
    runOn("win32");
    const { inspect } = await open("file:///C:/data", {});
    const detail = expect.stringMatching(/\w\/C:\/data\/schedule yet/);
    expect(await inspect?.()).toMatchObject([{ status: "warn", detail }]);
  });
});
