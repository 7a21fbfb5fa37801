import { describe, expect, it } from "vitest";
import { allowedTargets, listedTargets } from "./allowed-targets.js";
import { UsageError } from "./usage-error.js";

describe("allowedTargets()", () => {
  it.each(["", " ", "\t\n"])("refuses KEYWHEN_ALLOW_TARGETS=%j on every store", (text) => {
    const env = { KEYWHEN_ALLOW_TARGETS: text };
    for (const store of ["file:./data", "s3://schedule"]) {
      const read = () => allowedTargets(store, env, undefined);
      expect(read).toThrow(UsageError);
      expect(allowedTargets(store, env, ["out/*"])).toEqual(["out/*"]);
    }
    expect(() => listedTargets(env)).toThrow(UsageError);
  });

  it("allows every target of a folder, and none of another store, if nothing is set", () => {
    expect(allowedTargets("file:./data", {}, undefined)).toEqual(["*"]);
    expect(allowedTargets("s3://schedule", {}, undefined)).toBeUndefined();
  });

  it("reads patterns with capitals, separated by commas", () => {
    const env = { KEYWHEN_ALLOW_TARGETS: " Out/*, , reports/daily/* ," };
    expect(allowedTargets("file:./data", env, undefined)).toEqual(["Out/*", "reports/daily/*"]);
  });

  it.each([",", "{a,b}/*", "out/\uff0a"])("refuses KEYWHEN_ALLOW_TARGETS=%s", (text) => {
    const env = { KEYWHEN_ALLOW_TARGETS: text };
    expect(() => allowedTargets("file:./data", env, undefined)).toThrow(
      expect.objectContaining({ code: "invalid-option" }),
    );
  });
});
