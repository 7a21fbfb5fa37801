import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { temporaryFolder, temporaryStore } from "../fixtures/temporary-store.js";
import { toStoreError } from "./store-errors.js";

const SCRIPT = fileURLToPath(new URL("../fixtures/other-realm.mjs", import.meta.url));

describe("in another JavaScript context (Jest)", () => {
  it("schedules and delivers", async () => {
    const args = ["--experimental-vm-modules", "--no-warnings", SCRIPT, await temporaryFolder()];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(JSON.parse(stdout)).toEqual({ outcome: "scheduled", delivered: 1 });
  });

  it("reads the code of an error of another context", () => {
    const error: unknown = vm.runInNewContext(
      'Object.assign(new Error("full"), { code: "ENOSPC" })',
    );
    expect(toStoreError(error, { operation: "put", bucket: "out" })).toMatchObject({
      code: "unavailable",
      cause: error,
    });
  });

  it("stores bytes of another context, whole and in chunks", async () => {
    const { store } = await temporaryStore();
    const ref = { bucket: "in", key: "a" };
    const bytes: Uint8Array = vm.runInNewContext("new Uint8Array([1, 2, 3])");
    const stream = ReadableStream.from([bytes, bytes]);
    await store.put(ref, bytes);
    expect((await store.head(ref))?.size).toBe(3);
    await store.put(ref, stream);
    expect((await store.head(ref))?.size).toBe(6);
  });
});
