import { describe, expect, it } from "vitest";
import { typeOfFile, typeOfText } from "./content-type.js";

describe("typeOfFile()", () => {
  it("depends on the extension, ignoring case", () => {
    expect(["a.json", "dir.d/B.PDF", "a.unheard", "json"].map(typeOfFile)).toEqual([
      "application/json",
      "application/pdf",
      undefined,
      undefined,
    ]);
  });
});

describe("typeOfText()", () => {
  it("takes objects and arrays for JSON, all else for text", () => {
    expect(typeOfText(' {"a":1}')).toBe("application/json");
    expect(typeOfText("[1]")).toBe("application/json");
    expect(typeOfText("{a:1}")).toBe("text/plain; charset=utf-8");
    expect(typeOfText("42")).toBe("text/plain; charset=utf-8");
    expect(typeOfText("")).toBeUndefined();
  });
});
