import { describe, expect, it } from "vitest";
import { hitsIn } from "./prose.mjs";

const found = (path, text) => hitsIn(path, text).map((hit) => `${hit.line}: ${hit.found}`);

describe("the check of prose", () => {
  it("finds a phrase in a comment, a message and a page, with its line", () => {
    expect(found("a.ts", "const a = 1;\n// Whoever calls this waits.")).toEqual(["2: Whoever"]);
    expect(found("a.mjs", 'throw new Error("nobody answers");')).toEqual(["1: nobody"]);
    expect(found("a.md", "The store tells its name.")).toEqual(["1: tells"]);
  });

  it("says what to write instead", () => {
    expect(hitsIn("a.md", "It is sent at once.")).toEqual([
      { line: 1, found: "at once", advice: "immediately, at the same time" },
    ]);
  });

  it("passes over code in a page", () => {
    expect(found("a.md", "Call `tell()` or\n```ts\ntell(); // at once\n```\nand wait.")).toEqual(
      [],
    );
  });

  it("does not take else in code for a sentence", () => {
    expect(found("a.ts", "if (a) b(); else c();\n} Else")).toEqual([]);
  });
});
