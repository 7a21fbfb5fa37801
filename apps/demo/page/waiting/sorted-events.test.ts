import { describe, expect, it } from "vitest";
import { changed } from "./sorted-events.js";

const events = ["2026-a", "2027-b", "2028-c"].map((id) => ({ id, size: 1 }));
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);

describe("changed()", () => {
  it("puts what comes where its instant belongs", () => {
    const added = [
      { id: "2029-d", size: 1 },
      { id: "2025-z", size: 1 },
      { id: "2027-c", size: 1 },
    ];
    const order = ["2025-z", "2026-a", "2027-b", "2027-c", "2028-c", "2029-d"];
    expect(ids(changed(events, added, new Set()))).toEqual(order);
  });

  it("has what comes twice once, as it came last", () => {
    const list = changed(events, [{ id: "2027-b", size: 2 }], new Set());
    expect(list.map(({ size }) => size)).toEqual([1, 2, 1]);
  });

  it("leaves out what has gone, and doesn't mind what never was there", () => {
    expect(ids(changed(events, [], new Set(["2026-a", "nothing"])))).toEqual(["2027-b", "2028-c"]);
  });

  it("is the same list if nothing changes", () => {
    expect(changed(events, [], new Set())).toBe(events);
  });
});
