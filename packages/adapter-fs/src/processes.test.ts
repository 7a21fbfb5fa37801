import { link, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { lockOf } from "../fixtures/locked-by.js";
import { storeProcess } from "../fixtures/store-process.js";
import {
  allKeys,
  bytes,
  filesIn,
  leftovers,
  temporaryStore,
  textAt,
} from "../fixtures/temporary-store.js";

const REF = { bucket: "in", key: "contested" };

/** Holds the object's lock as a process does, and frees it. */
async function lockFor(opened: Awaited<ReturnType<typeof temporaryStore>>, owner: string) {
  const lock = await lockOf(opened, [REF], owner);
  await link(join(opened.folder, ".keywhen/work", owner, "owner"), lock);
  return () => unlink(lock);
}

describe("several processes", () => {
  it("let exactly one of 32 puts if-absent win", async () => {
    const { folder, store } = await temporaryStore();
    const racers = Array.from({ length: 4 }, () => storeProcess(folder, "putIfAbsent", "8"));
    const outcomes = (await Promise.all(racers.map(({ said }) => said()))).flat();
    expect(outcomes.filter((outcome) => outcome === "written")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "exists")).toHaveLength(31);
    const writer = await textAt(store, REF);
    expect((await store.head(REF))?.metadata).toEqual({ writer });
    expect(await leftovers(folder)).toEqual([]);
  });

  it("lose no increment of a counter put if-version", async () => {
    const { folder, store } = await temporaryStore();
    await store.put(REF, bytes("0"));
    const counters = Array.from({ length: 4 }, () => storeProcess(folder, "count", "25"));
    await Promise.all(counters.map(({ done }) => done()));
    expect(await textAt(store, REF)).toBe("100");
    expect(await filesIn(join(folder, ".keywhen/meta"))).toHaveLength(1);
  });

  it("survive each other's sudden death: every object stays whole, and nothing is stuck", async () => {
    const opened = await temporaryStore();
    const { folder, store } = opened;
    for (let round = 0; round < 5; round++) {
      const victims = [storeProcess(folder, "churn"), storeProcess(folder, "churn")];
      await Promise.all(victims.map(({ said }) => said()));
      await delay(20 + round * 13);
      await Promise.all(victims.map(({ kill }) => kill()));
      const found = await store.get(REF);
      if (found !== undefined) {
        const text = await new Response(found.body).text();
        expect(found.metadata).toEqual({ length: String(text.length) });
      }
      await store.put(REF, bytes("mine"), { metadata: { length: "4" } });
      expect(await textAt(store, REF)).toBe("mine");
    }
    expect(await allKeys(store, "in")).toEqual(["contested"]);
  });
});

describe("the lock of an object", () => {
  it("is broken if its holder was killed", async () => {
    const opened = await temporaryStore();
    const victim = storeProcess(opened.folder, "stall");
    await victim.said();
    const [owner = ""] = await readdir(join(opened.folder, ".keywhen/work"));
    await lockFor(opened, owner);
    await victim.kill();
    const start = performance.now();
    const puts = Array.from({ length: 8 }, (_, i) =>
      opened.store.put(REF, bytes(`${i}`), { condition: { if: "absent" } }),
    );
    const outcomes = (await Promise.all(puts)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "written")).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(3000);
    expect(await readdir(join(opened.folder, ".keywhen/locks"))).toEqual([]);
  });

  it("is kept by a holder that is frozen: others wait, and may give up", async () => {
    const opened = await temporaryStore();
    const holder = storeProcess(opened.folder, "stall");
    await holder.said();
    const [owner = ""] = await readdir(join(opened.folder, ".keywhen/work"));
    const free = await lockFor(opened, owner);
    holder.child.kill("SIGSTOP");
    const signal = AbortSignal.timeout(300);
    await expect(opened.store.put(REF, bytes("x"), { signal })).rejects.toMatchObject({
      code: "aborted",
      undecided: false,
    });
    expect(await allKeys(opened.store, "in")).toEqual([]);
    const waiting = opened.store.put(REF, bytes("x"));
    await free();
    expect(await waiting).toMatchObject({ outcome: "written" });
  });
});

describe("what a killed process left half-written", () => {
  it("is no object, and the next process that writes clears it away", async () => {
    const { folder, store } = await temporaryStore();
    const victim = storeProcess(folder, "stall");
    await victim.said();
    expect(await leftovers(folder)).not.toEqual([]);
    expect(await store.head(REF)).toBeUndefined();
    expect(await allKeys(store, "in")).toEqual([]);
    await victim.kill();
    await store.put({ bucket: "in", key: "other" }, bytes("body"));
    expect(await leftovers(folder)).toEqual([]);
    expect(await readdir(join(folder, ".keywhen/work"))).toHaveLength(1);
  });

  it("is left alone while the process lives", async () => {
    const { folder, store } = await temporaryStore();
    const other = storeProcess(folder, "stall");
    await other.said();
    const before = await leftovers(folder);
    await store.put({ bucket: "in", key: "other" }, bytes("body"));
    expect(await leftovers(folder)).toEqual(before);
  });
});
