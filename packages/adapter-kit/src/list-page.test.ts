import { describe, expect, it } from "vitest";
import { checkPageStart } from "./list-page.js";

const page = { bucket: "b", prefix: "p/", startAfter: "p/m" };

describe("checkPageStart()", () => {
  it.each(["p/n", "p/\u{1f4c5}", undefined])("takes a page that begins with %j", (first) => {
    expect(() => checkPageStart(page, first)).not.toThrow();
  });

  it.each(["p/m", "p/a", "q/a"])("refuses a page that begins with %j", (first) => {
    expect(() => checkPageStart(page, first)).toThrow();
  });

  it("takes the key itself from a store that lists it, too", () => {
    expect(() => checkPageStart(page, "p/m", "at")).not.toThrow();
    expect(() => checkPageStart(page, "p/l", "at")).toThrow("not after");
  });
});
