import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../fixtures/temporary-store.js";
import { blockingCalls, waitingCalls } from "./system-calls.js";
import { Turns } from "./turns.js";

const turns = new Turns();

describe.each([
  ["blockingCalls", blockingCalls],
  ["waitingCalls", waitingCalls],
])("%s", (_, calls) => {
  it.each(["lstat", "quickLstat", "stat"] as const)(
    "distinguishes a missing file from one that can't be looked at: %s",
    async (name) => {
      const folder = await temporaryFolder();
      await writeFile(join(folder, "file"), "");
      const look = (path: string) =>
        turns.run(
          (function* () {
            return yield* calls[name](join(folder, path));
          })(),
        );
      expect((await look("file"))?.isFile()).toBe(true);
      expect(await look("missing")).toBeUndefined();
      expect(await look("file/x")).toBeUndefined();
      await expect(look("x".repeat(300))).rejects.toMatchObject({ code: "ENAMETOOLONG" });
    },
  );
});

describe("blockingCalls.readdir()", () => {
  it("leaves the event loop free for a large folder only", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "sub"));
    const hasEnded = (size: bigint) =>
      blockingCalls.readdir(folder, size)[Symbol.iterator]().next().done;
    expect(hasEnded(4_096n)).toBe(true);
    expect(hasEnded(1_000_000n)).toBe(false);
    const large = await turns.run(blockingCalls.readdir(folder, 1_000_000n));
    expect(large.map((entry) => [entry.name, entry.isDirectory()])).toEqual([["sub", true]]);
  });
});
