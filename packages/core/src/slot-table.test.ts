import { describe, expect, it } from "vitest";
import { createSlotTable } from "./slot-table.js";

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
});
