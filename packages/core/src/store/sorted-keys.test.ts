import { describe, expect, it } from "vitest";
import { sortedKeys } from "./key-order.js";

describe("sortedKeys()", () => {
  it("gives each key once, in order, from any start, through many additions and deletions", () => {
    const keys = sortedKeys();
    const shuffled = Array.from({ length: 10_007 }, (_, index) => name((index * 7_919) % 10_007));
    for (const key of [...shuffled, ...shuffled]) keys.add(key);
    for (const key of shuffled) if (!key.endsWith("7")) keys.delete(key);
    keys.delete("never added");
    const left = shuffled.filter((key) => key.endsWith("7")).toSorted();

    expect([...keys.from("")]).toEqual(left);
    expect([...keys.from(name(5_008))]).toEqual(left.filter((key) => key >= name(5_008)));
    expect([...keys.from(name(5_007))][0]).toBe(name(5_007));
    expect([...keys.from("zzz")]).toEqual([]);
  });

  it("is empty again when every key was deleted", () => {
    const keys = sortedKeys();
    keys.add("a");
    keys.delete("a");
    expect([...keys.from("")]).toEqual([]);
  });
});

function name(number: number): string {
  return `key-${String(number).padStart(5, "0")}`;
}
