import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { NOON } from "../test-support/test-schedule.js";
import { manualClock } from "../testing/manual-clock.js";
import { RequestWatch, SlotTable } from "./request-watch.js";

setFlagsFromString("--expose-gc");
const collect: (options?: object) => void = runInNewContext("gc");

const mistake = new TypeError("x is not a function");

describe("RequestWatch", () => {
  function watching() {
    const clock = manualClock(NOON);
    const watch = new RequestWatch<string>(clock, {
      tooSlow: (request) => new Error(`${request} is too slow`),
      aborted: (request) => new Error(`${request} is aborted`),
      failed: (request) => new Error(`${request} failed`),
    });
    const outcomes: string[] = [];
    const send = (request: string, callerSignal?: AbortSignal, answer?: Promise<void>) =>
      watch
        .send(request, { limitMs: 10_000, callerSignal }, () => answer ?? new Promise(() => {}))
        .then(
          () => outcomes.push(request),
          ({ message }: Error) => outcomes.push(message),
        );
    return { clock, send, outcomes };
  }

  it("ends the requests of the caller that aborts, and no others", async () => {
    const { clock, send, outcomes } = watching();
    const [one, other] = [new AbortController(), new AbortController()];
    for (const request of ["a", "b"]) void send(request, one.signal);
    void send("c", other.signal);
    void send("d");
    one.abort();
    await clock.advance("1ms");
    expect(outcomes).toEqual(["a is aborted", "b is aborted"]);
    await clock.advance("11s");
    expect(outcomes.slice(2)).toEqual(["c is too slow", "d is too slow"]);
  });

  it("keeps no signal of a caller whose requests have ended, while others go on", async () => {
    const { clock, send } = watching();
    void send("busy");
    const ended = async () => {
      const { signal } = new AbortController();
      await send("answered", signal, Promise.resolve());
      return new WeakRef(signal);
    };
    const signal = await ended();
    await clock.advance("1s");
    await new Promise(setImmediate);
    collect();
    expect(signal.deref()).toBeUndefined();
  });

  it("settles a request even if the error for it can't be made", async () => {
    const fault = new Error("no text");
    const refuse = () => {
      throw fault;
    };
    const make = () => new Error("not asked for");
    const errors = { tooSlow: make, aborted: make, failed: refuse };
    const watch = new RequestWatch<string>(manualClock(NOON), errors);
    const ends = { limitMs: 10_000, callerSignal: undefined };
    await expect(watch.send("a", ends, () => Promise.reject(mistake))).rejects.toBe(fault);
  });
});

describe("SlotTable", () => {
  const [first, second, third] = [{ name: "first" }, { name: "second" }, { name: "third" }];

  it("holds what was added until it is removed, and uses its slots again", () => {
    const table = new SlotTable<object>();
    const slot = table.add(first);
    table.add(second);
    expect(table.size).toBe(2);
    table.remove(slot, first);
    table.remove(slot, first); // the second time, it does nothing
    expect([...table.entries()]).toEqual([[1, second]]);
    expect(table.add(third)).toBe(slot);
    table.remove(slot, first);
    expect([...table.entries()]).toEqual([
      [0, third],
      [1, second],
    ]);
    expect(table.size).toBe(2);
  });

  it("passes over what is removed while it is iterated", () => {
    const table = new SlotTable<object>();
    const slots = [first, second, third].map((one) => table.add(one));
    const met: object[] = [];
    for (const [, value] of table.entries()) {
      met.push(value);
      table.remove(slots[1] ?? -1, second);
    }
    expect(met).toEqual([first, third]);
  });

  it("leaves nothing that was removed in the old generation, where a Set leaves all of it", () => {
    const table = new SlotTable<object>();
    addAndRemove(table);
    collect();
    const before = oldBytes();
    addAndRemove(table);
    collect({ type: "minor" });
    collect({ type: "minor" });
    expect(oldBytes() - before).toBeLessThan(2_000_000);
  });

  /** 100,000 values of some 200 bytes, 64 of them at a time. */
  function addAndRemove(table: SlotTable<object>): void {
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
