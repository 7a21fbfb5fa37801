import { describe, expect, it } from "vitest";
import { readEnvironment } from "./read-environment.js";

describe("readEnvironment()", () => {
  it("reads the store and where events may go", () => {
    const env = { KEYWHEN_STORE: "s3://b/r", KEYWHEN_ALLOW_TARGETS: "a/*, b/daily/* ,,c/x" };
    expect(readEnvironment(env)).toEqual({
      storeUrl: "s3://b/r",
      allowTargets: ["a/*", "b/daily/*", "c/x"],
    });
  });

  it.each([
    [{}, /KEYWHEN_STORE is "": name the schedule's bucket/],
    [{ KEYWHEN_STORE: "acme-schedule" }, /KEYWHEN_STORE is "acme-schedule"/],
    [{ KEYWHEN_STORE: "s3://b", KEYWHEN_ALLOW_TARGETS: " , " }, /KEYWHEN_ALLOW_TARGETS is empty/],
  ])("refuses %j with what to do", (env, message) => {
    expect(() => readEnvironment(env)).toThrow(message);
  });
});
