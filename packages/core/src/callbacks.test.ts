import { getEventListeners } from "node:events";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { answered, createSlotTable, onAbort } from "./callbacks.js";

describe("createSlotTable()", () => {
  const [first, second, third] = [{ name: "first" }, { name: "second" }, { name: "third" }];

  it("holds what was added until it is removed, and uses its slots again", () => {
    const table = createSlotTable<object>();
    const slot = table.add(first);
    table.add(second);
    expect(table.size).toBe(2);
    table.remove(slot, first);
    table.remove(slot, first); // the second time, it does nothing
    expect([...table]).toEqual([second]);
    expect(table.add(third)).toBe(slot);
    table.remove(slot, first);
    expect([...table]).toEqual([third, second]);
    expect(table.size).toBe(2);
  });

  it("passes over what is removed while it is iterated", () => {
    const table = createSlotTable<object>();
    const slots = [first, second, third].map((one) => table.add(one));
    const met: object[] = [];
    for (const value of table) {
      met.push(value);
      table.remove(slots[1] ?? -1, second);
    }
    expect(met).toEqual([first, third]);
  });

  it("leaves nothing that was removed in the old generation, where a Set leaves all of it", () => {
    setFlagsFromString("--expose-gc");
    const collect: (options?: object) => void = runInNewContext("gc");
    const table = createSlotTable();
    addAndRemove(table);
    collect();
    const before = oldBytes();
    addAndRemove(table);
    collect({ type: "minor" });
    collect({ type: "minor" });
    expect(oldBytes() - before).toBeLessThan(2_000_000);
  });

  /** 100,000 values of some 200 bytes, 64 of them at a time. */
  function addAndRemove(table: ReturnType<typeof createSlotTable>): void {
    const present: { slot: number; value: object }[] = [];
    for (let index = 0; index < 100_000; index++) {
      const value = { filling: new Array(20).fill(index) };
      present.push({ slot: table.add(value), value });
      const oldest = present.length > 64 ? present.shift() : undefined;
      if (oldest !== undefined) table.remove(oldest.slot, oldest.value);
    }
    for (const { slot, value } of present) table.remove(slot, value);
  }

  function oldBytes(): number {
    const old = getHeapSpaceStatistics().find(({ space_name }) => space_name === "old_space");
    return old?.space_used_size ?? Number.NaN;
  }
});

describe("onAbort()", () => {
  it("calls every callback that has not unsubscribed, with one listener on the signal", () => {
    const abort = new AbortController();
    const called: number[] = [];
    const unsubscribe = Array.from({ length: 20 }, (_, index) =>
      onAbort(abort.signal, () => called.push(index)),
    );
    expect(getEventListeners(abort.signal, "abort")).toHaveLength(1);
    for (const [index, end] of unsubscribe.entries()) if (index !== 7) end();
    abort.abort();
    expect(called).toEqual([7]);
  });

  it("calls back immediately if the signal has aborted, and never without a signal", () => {
    let called = 0;
    const count = () => called++;
    onAbort(undefined, count)();
    expect(called).toBe(0);
    onAbort(AbortSignal.abort(), count)();
    expect(called).toBe(1);
  });
});

describe("answered()", () => {
  const failure = new Error("the callback failed");
  const rejects = () => Promise.reject(failure);
  const throws = () => {
    throw failure;
  };
  const thenable = (then: unknown) => ({ then });

  it.each([undefined, null, 3, "then", {}, thenable(undefined), () => {}, Promise.resolve(3)])(
    "resolves for %o",
    async (answer) => {
      await expect(answered(answer)).resolves.toBeUndefined();
    },
  );

  it.each([
    ["a promise that rejects", rejects],
    ["a thenable whose then() returns a promise that rejects", () => thenable(rejects)],
    [
      "a thenable whose then() returns such a thenable",
      () => thenable(() => thenable(() => thenable(rejects))),
    ],
    ["a function with such a then()", () => Object.assign(() => {}, thenable(rejects))],
    ["a thenable whose then() throws", () => thenable(throws)],
  ])("rejects for %s, and leaves no rejection unhandled", async (_name, answer) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    try {
      await expect(answered(answer())).rejects.toBe(failure);
      await new Promise((resolve) => setTimeout(resolve, 10));
    } finally {
      process.off("unhandledRejection", note);
    }
    expect(unhandled).toEqual([]);
  });

  it("follows a thenable that returns itself no further than needed", () => {
    let calls = 0;
    const endless = thenable(() => {
      calls += 1;
      return endless;
    });
    void answered(endless);
    expect(calls).toBeLessThan(10);
  });
});
