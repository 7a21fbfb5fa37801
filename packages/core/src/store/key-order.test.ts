import { describe, expect, it } from "vitest";
import { compareByteOrder, SortedKeys } from "./key-order.js";

describe("compareByteOrder()", () => {
  it("orders strings as their UTF-8 bytes are ordered", () => {
    const strings = ["", "a", "a!", "a/b", "a0", "aa", "ä", "\uffff", "\u{1f600}", "a\ue000", "Z"];
    const expected = strings.toSorted((left, right) =>
      Buffer.compare(Buffer.from(left), Buffer.from(right)),
    );
    expect(strings.toSorted(compareByteOrder)).toEqual(expected);
  });
});

describe("SortedKeys", () => {
  const name = (number: number) => `key-${String(number).padStart(5, "0")}`;

  it("returns each key once, in order, from any start, after many additions and deletions", () => {
    const keys = new SortedKeys();
    const shuffled = Array.from({ length: 10_007 }, (_, index) => name((index * 7_919) % 10_007));
    for (const key of [...shuffled, ...shuffled]) keys.add(key);
    for (const key of shuffled) if (!key.endsWith("7")) keys.delete(key);
    keys.delete("never added");
    const left = shuffled.filter((key) => key.endsWith("7")).toSorted();

    expect([...keys.from("")]).toEqual(left);
    expect([...keys.from(name(5_008))]).toEqual(left.filter((key) => key >= name(5_008)));
    expect([...keys.from(name(5_007))][0]).toBe(name(5_007));
    expect([...keys.from("zzz")]).toEqual([]);

    for (const key of shuffled) keys.delete(key);
    expect([...keys.from("")]).toEqual([]);
    keys.add("a");
    expect([...keys.from("")]).toEqual(["a"]);
  });
});
