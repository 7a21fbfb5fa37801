import { existsSync, linkSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { interruptedStore } from "../fixtures/interrupted-store.js";
import { ENDED, lockedBy, lockOf } from "../fixtures/locked-by.js";
import { allKeys, bytes, temporaryStore, textAt } from "../fixtures/temporary-store.js";
import { watchCalls } from "../fixtures/watch-calls.js";

const REF = { bucket: "in", key: "contested" };
const OTHER = { bucket: "in", key: "other" };
const LOCK = /\/locks\/[^/]+$/;
const LOCKS = /\/locks$/;
const ABORTED = { code: "aborted", undecided: false };

const locksIn = (folder: string) => readdirSync(join(folder, ".keywhen/locks"));

describe("an object's lock", () => {
  it("is removed if its holder has ended", async () => {
    const opened = await temporaryStore();
    const lock = await lockedBy(opened, REF, ENDED);
    await opened.store.put(REF, bytes("new"));
    expect(await textAt(opened.store, REF)).toBe("new");
    expect(existsSync(lock)).toBe(false);
  });

  it("is not had by a call that sees the lock of another process after its own", async () => {
    const opened = await interruptedStore();
    const lock = await lockedBy(opened, REF);
    const [name = ""] = locksIn(opened.folder);
    const aside = join(opened.folder, name);
    linkSync(lock, aside);
    rmSync(lock);
    let own: string[] = [];
    opened.before("readdir", LOCKS, () => {
      own = locksIn(opened.folder);
      linkSync(aside, lock);
    });
    const signal = AbortSignal.timeout(200);
    await expect(opened.store.put(REF, bytes("new"), { signal })).rejects.toMatchObject(ABORTED);
    expect(await textAt(opened.store, REF)).toBe("old");
    expect(own).toHaveLength(1); // so that the other process sees this one
    expect(locksIn(opened.folder)).toEqual([name]);
  });

  it.each([
    ["the source", REF],
    ["the target", OTHER],
  ])("of another process keeps %s of a move as it is", async (_, locked) => {
    const opened = await temporaryStore();
    await opened.store.put(REF, bytes("body"));
    await opened.store.put(OTHER, bytes("body"));
    const lock = await lockedBy(opened, locked);
    const signal = AbortSignal.timeout(100);
    await expect(opened.store.move(REF, OTHER, { signal })).rejects.toMatchObject(ABORTED);
    expect(await allKeys(opened.store, "in")).toEqual([REF.key, OTHER.key]);
    expect(locksIn(opened.folder)).toEqual([basename(lock)]);
    const moved = opened.store.move(REF, OTHER);
    rmSync(lock);
    expect(await moved).toEqual({ outcome: "copied" });
  });

  it("of another process may be one link for several objects", async () => {
    const opened = await temporaryStore();
    const lock = await lockedBy(opened, [REF, OTHER]);
    const signal = AbortSignal.timeout(100);
    const puts = [REF, OTHER].map((ref) => opened.store.put(ref, bytes("new"), { signal }));
    const ended = await Promise.allSettled(puts);
    expect(ended).toMatchObject([{ reason: ABORTED }, { reason: ABORTED }]);
    expect([await textAt(opened.store, REF), await textAt(opened.store, OTHER)]).toEqual([
      "old",
      "old",
    ]);
    expect(locksIn(opened.folder)).toEqual([basename(lock)]);
  });

  it.each([
    ["looks for its holder", "readText"],
    ["asks whether its holder lives", "stat"],
  ] as const)("may be freed while a call %s, which then takes it", async (_, name) => {
    const opened = await interruptedStore();
    const lock = await lockedBy(opened, REF);
    let locks: string[] = [];
    opened.before(name, LOCK, () => rmSync(lock));
    opened.before("rename", /\/in\/contested$/, () => {
      locks = locksIn(opened.folder);
    });
    await opened.store.put(REF, bytes("new"));
    expect(locks).toHaveLength(1);
    expect(locksIn(opened.folder)).toEqual([]);
    expect(await textAt(opened.store, REF)).toBe("new");
  });

  it("is taken in folders that were deleted immediately before", async () => {
    const opened = await interruptedStore();
    const { folder, store, before } = opened;
    await store.put(REF, bytes("old"));
    before("link", LOCK, () => rmSync(join(folder, ".keywhen"), { recursive: true }));
    await store.delete("in", [REF.key]);
    expect(await allKeys(store, "in")).toEqual([]);
  });

  it("of a process on another machine is removed after 30 s without a sign of it", async () => {
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
    await expect(early).rejects.toMatchObject(ABORTED);
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

describe("the locks of one turn", () => {
  const keys = Array.from({ length: 60 }, (_, i) => `${i}`);

  /** A store with these objects, and how many locks it has taken since. */
  async function withObjects() {
    let links = 0;
    const opened = await temporaryStore((calls) =>
      watchCalls(calls, (name, args) => {
        if (name === "link" && String(args[0]).endsWith("/owner")) links += 1;
      }),
    );
    for (const key of keys) await opened.store.put({ bucket: "in", key }, bytes("old"));
    links = 0;
    return { ...opened, links: () => links };
  }

  it("are a few links, which go with the last call", async () => {
    const { folder, store, links } = await withObjects();
    await Promise.all(keys.map((key) => store.delete("in", [key])));
    expect(links()).toBeLessThan(20); // 3 if the machine is not so slow that one turn becomes several
    expect(await allKeys(store, "in")).toEqual([]);
    expect(locksIn(folder)).toEqual([]);
  });

  it("don't keep calls waiting for an object that another process holds", async () => {
    const opened = await withObjects();
    const lock = await lockedBy(opened, OTHER);
    const waiting = opened.store.delete("in", [OTHER.key]);
    await Promise.all(keys.map((key) => opened.store.delete("in", [key])));
    expect(await allKeys(opened.store, "in")).toEqual([OTHER.key]);
    rmSync(lock);
    await waiting;
    expect(await allKeys(opened.store, "in")).toEqual([]);
  });

  it("are all freed if one of them can't be taken", async () => {
    let isFull = false;
    const opened = await temporaryStore((calls) => ({
      ...calls,
      link: (from, to) => {
        if (isFull && to.includes(".1-"))
          throw Object.assign(new Error("full"), { code: "ENOSPC" });
        return calls.link(from, to);
      },
    }));
    for (const key of keys) await opened.store.put({ bucket: "in", key }, bytes("old"));
    isFull = true;
    const results = (await opened.store.delete("in", keys)).map(({ outcome }) => outcome);
    expect(results).toContain("failed");
    expect(locksIn(opened.folder)).toEqual([]);
    isFull = false;
    await opened.store.delete("in", keys);
    expect(await allKeys(opened.store, "in")).toEqual([]);
  });

  it("let the calls of a process for one object go on one after another", async () => {
    const { store } = await temporaryStore();
    const condition = { if: "absent" } as const;
    const puts = keys.map((key) => store.put(OTHER, bytes(key), { condition }));
    const outcomes = (await Promise.all(puts)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "written")).toHaveLength(1);
  });

  it("of a process that has ended go with its temporary files when the next one begins", async () => {
    const first = await temporaryStore();
    const lock = await lockedBy(first, REF, { ...ENDED, id: "ended" });
    expect(lock).toBe(await lockOf(first, [REF], "ended"));
    const { storeOn } = await import("./fs-store.js");
    const { openFolder } = await import("./store-folder.js");
    const options = { createBuckets: false, sharedBetweenMachines: false, networkFolder: false };
    const second = storeOn(openFolder({ folder: first.folder, ...options }));
    await second.put(OTHER, bytes("body"));
    expect(locksIn(first.folder)).toEqual([]);
  });
});
