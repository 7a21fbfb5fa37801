import { describe, expect, it } from "vitest";
import { checkOptionNames } from "./option-names.js";

const check =
  (name: string, known = ["bucket", "store", "root"]) =>
  () =>
    checkOptionNames({ [name]: 1 }, known, "f()");

describe("checkOptionNames()", () => {
  it("allows the known names", () => {
    for (const name of ["bucket", "store", "root"]) expect(check(name)).not.toThrow();
    expect(() => checkOptionNames({}, [], "f()")).not.toThrow();
  });

  it.each([
    ["buckt", "bucket"], // one is missing
    ["buckeet", "bucket"], // one too many
    ["bicket", "bucket"],
    ["uckett", "bucket"], // one missing, one too many
    ["sotre", "store"], // two replaced
    ["rot", "root"],
    ["ro", "root"],
    ["xrootx", "root"],
  ])("knows what %s should be", (typo, meant) => {
    expect(check(typo)).toThrow(`f() has no option "${typo}". Did you mean "${meant}"?`);
  });

  it("guesses the closest name, and none that is more than two edits away", () => {
    expect(check("abce", ["abxyz", "abxe", "abcd"])).toThrow('Did you mean "abxe"?');
    expect(check("abcf", ["abxe", "abcd"])).toThrow('Did you mean "abcd"?');
    expect(check("abcdef", ["abc"])).toThrow('f() has no option "abcdef". Use one of these: abc.');
    expect(check("x", ["store", "root"])).toThrow("Use one of these: store, root.");
  });
});
