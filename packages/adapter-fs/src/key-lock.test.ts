import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { interruptedStore } from "../fixtures/interrupted-store.js";
import { ENDED, lockedBy } from "../fixtures/locked-by.js";
import { allKeys, bytes, temporaryStore, textAt } from "../fixtures/temporary-store.js";
import { describeSelf, printOwner } from "./owner.js";

const REF = { bucket: "in", key: "contested" };
const LOCK = /\/locks\/\w+$/;
const BREAKING = /\/locks\/\w+\.\w+$/;

describe("an object's lock", () => {
  it("is broken if its holder has ended", async () => {
    const opened = await temporaryStore();
    const lock = await lockedBy(opened, REF, ENDED);
    await opened.store.put(REF, bytes("new"));
    expect(await textAt(opened.store, REF)).toBe("new");
    expect(existsSync(lock)).toBe(false);
  });

  it("is not broken if another process has already broken and taken it", async () => {
    const opened = await interruptedStore();
    const lock = await lockedBy(opened, REF, ENDED);
    const third = printOwner(describeSelf());
    opened.before("link", BREAKING, () => {
      rmSync(lock);
      writeFileSync(lock, third);
    });
    const signal = AbortSignal.timeout(200);
    const put = opened.store.put(REF, bytes("new"), { signal });
    await expect(put).rejects.toMatchObject({ code: "aborted" });
    expect(readFileSync(lock, "utf8")).toBe(third);
  });

  it.each([
    ["looks for its holder", "readText"],
    ["asks whether its holder lives", "stat"],
  ] as const)("may be freed while a call %s, which then takes it", async (_, name) => {
    const opened = await interruptedStore();
    const lock = await lockedBy(opened, REF);
    let isTaken = false;
    opened.before(name, LOCK, () => rmSync(lock));
    opened.before("rename", /\/in\/contested$/, () => {
      isTaken = existsSync(lock);
    });
    await opened.store.put(REF, bytes("new"));
    expect(isTaken).toBe(true);
    expect(existsSync(lock)).toBe(false);
    expect(await textAt(opened.store, REF)).toBe("new");
  });

  it("is taken in the same order by moves in both directions, so that they never wait for each other", async () => {
    const { store, before } = await interruptedStore();
    const other = { bucket: "in", key: "other" };
    const first: string[] = [];
    await store.put(REF, bytes("moved"));
    for (const [from, to] of [
      [REF, other],
      [other, REF],
    ] as const) {
      before("link", LOCK, (_, lock) => first.push(lock));
      await store.move?.(from, to);
    }
    expect(first).toEqual([first[0], first[0]]);
  });

  it("is taken in folders that were deleted immediately before", async () => {
    const opened = await interruptedStore();
    const { folder, store, before } = opened;
    await store.put(REF, bytes("old"));
    before("link", LOCK, () => rmSync(join(folder, ".keywhen"), { recursive: true }));
    await store.delete("in", [REF.key]);
    expect(await allKeys(store, "in")).toEqual([]);
  });

  it("of a process on another machine is broken after 30 s without a sign of it", async () => {
    let aheadNs = 0n;
    const opened = await temporaryStore((calls) => ({
      ...calls,
      *fstat(fd) {
        const stats = yield* calls.fstat(fd);
        return Object.assign(stats, { mtimeNs: stats.mtimeNs + aheadNs });
      },
    }));
    await lockedBy(opened, REF, { machine: "other" });
    aheadNs = 25_000_000_000n;
    const signal = AbortSignal.timeout(100);
    const early = opened.store.put(REF, bytes("new"), { signal });
    await expect(early).rejects.toMatchObject({ code: "aborted" });
    aheadNs = 31_000_000_000n;
    await opened.store.put(REF, bytes("new"));
    aheadNs = 0n;
    expect(await textAt(opened.store, REF)).toBe("new");
  });

  it("makes a call give up after 10 s, and names the process that holds it", async () => {
    const opened = await interruptedStore();
    const lock = await lockedBy(opened, REF, { machine: "other" });
    const now = performance.now.bind(performance);
    opened.before("readText", LOCK, () => {
      vi.spyOn(performance, "now").mockImplementation(() => now() + 11_000);
    });
    const put = opened.store.put(REF, bytes("new"));
    const throttled = { code: "throttled", retryable: true, undecided: false };
    await expect(put).rejects.toMatchObject(throttled);
    vi.restoreAllMocks();
    await expect(put).rejects.toThrow(`process ${process.pid} (other), which holds ${lock}`);
    expect(await textAt(opened.store, REF)).toBe("old");
  });
});
