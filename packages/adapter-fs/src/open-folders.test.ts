import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LINUX, skipUnless } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { temporaryStore } from "../fixtures/temporary-store.js";
import { CheckedCalls } from "./checked-calls.js";
import { blockingCalls } from "./system-calls.js";
import { Turns } from "./turns.js";

describe("CheckedCalls.at()", () => {
  it("reaches a folder in the root of the file system", async () => {
    const turns = new Turns();
    const disk = new CheckedCalls(blockingCalls, turns);
    expect((await turns.run(disk.at("/tmp", disk.calls.stat)))?.isDirectory()).toBe(true);
  });

  skipUnless(it, LINUX)(
    "keeps the folder that it uses open, however many others are opened at the same time",
    async () => {
      const { folder, opened } = await temporaryStore();
      const others = Array.from({ length: 150 }, (_, i) => join(folder, "out", String(i)));
      for (const path of others) await mkdir(path);
      await writeFile(join(folder, "in/a"), "body");
      const { disk, turns } = opened;
      const work = disk.at(join(folder, "in/a"), function* (path) {
        for (const other of others) yield* disk.folders.exists(other);
        return yield* disk.calls.readText(path);
      });
      expect(await turns.run(work)).toBe("body");
    },
  );
});
