import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createSlotTable } from "./callbacks.js";

const value = (name: string) => ({ name });

describe("createSlotTable()", () => {
  it("holds what was added until it is removed, and takes its slots again", () => {
    const table = createSlotTable<{ name: string }>();
    const [first, second, third] = [value("first"), value("second"), value("third")];
    const slot = table.add(first);
    table.add(second);
    expect(table.size).toBe(2);
    table.remove(slot, first);
    expect([...table]).toEqual([second]);
    expect(table.add(third)).toBe(slot);
    expect([...table]).toEqual([third, second]);
    expect(table.size).toBe(2);
  });

  it("leaves alone who has the slot now, if a value is removed twice", () => {
    const table = createSlotTable<{ name: string }>();
    const [first, second] = [value("first"), value("second")];
    const slot = table.add(first);
    table.remove(slot, first);
    table.remove(slot, first);
    table.add(second);
    table.remove(slot, first);
    expect([...table]).toEqual([second]);
    expect(table.size).toBe(1);
  });

  it("passes over what is removed while it is walked through", () => {
    const table = createSlotTable<{ name: string }>();
    const values = [value("first"), value("second"), value("third")];
    const slots = values.map((one) => table.add(one));
    const met: string[] = [];
    for (const { name } of table) {
      met.push(name);
      const [, second] = values;
      if (second !== undefined) table.remove(slots[1] ?? -1, second);
    }
    expect(met).toEqual(["first", "third"]);
  });

  it("leaves nothing of what has gone in the old generation, where a Set leaves all of it", () => {
    setFlagsFromString("--expose-gc");
    const collect: unknown = runInNewContext("gc");
    if (typeof collect !== "function") throw new Error("the engine has no gc()");
    const table = createSlotTable();
    comeAndGo(table);
    collect();
    const before = oldBytes();
    comeAndGo(table);
    collect({ type: "minor" });
    collect({ type: "minor" });
    expect(oldBytes() - before).toBeLessThan(2_000_000);
  });
});

/** 100,000 values of some 200 bytes, 64 of them at a time. */
function comeAndGo(table: ReturnType<typeof createSlotTable>): void {
  const present: { slot: number; value: object }[] = [];
  for (let index = 0; index < 100_000; index++) {
    const value = { filling: new Array(20).fill(index) };
    present.push({ slot: table.add(value), value });
    if (present.length <= 64) continue;
    const first = present.shift();
    if (first !== undefined) table.remove(first.slot, first.value);
  }
  for (const { slot, value } of present) table.remove(slot, value);
}

function oldBytes(): number {
  const old = getHeapSpaceStatistics().find(({ space_name }) => space_name === "old_space");
  if (old === undefined) throw new Error("the engine has no old space");
  return old.space_used_size;
}
