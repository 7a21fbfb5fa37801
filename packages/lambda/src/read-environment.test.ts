import { describe, expect, it } from "vitest";
import { readEnvironment } from "./read-environment.js";

describe("readEnvironment()", () => {
  it("reads the store and where events may go", () => {
    const env = { KEYWHEN_STORE: "s3://b/r", KEYWHEN_ALLOW_TARGETS: "a/*, b/daily/* ,,c/x" };
    expect(readEnvironment(env)).toEqual({
      storeUrl: "s3://b/r",
      allowTargets: ["a/*", "b/daily/*", "c/x"],
      maxAge: undefined,
    });
  });

  it("reads how long a failing event is tried", () => {
    const env = { KEYWHEN_STORE: "s3://b", KEYWHEN_ALLOW_TARGETS: "a/*" };
    expect(readEnvironment({ ...env, KEYWHEN_MAX_AGE: "7d" })).toMatchObject({ maxAge: "7d" });
    expect(readEnvironment({ ...env, KEYWHEN_MAX_AGE: "" }).maxAge).toBeUndefined();
  });

  it.each([
    [{}, /KEYWHEN_STORE is "": name the schedule's bucket/],
    [{ KEYWHEN_STORE: "acme-schedule" }, /KEYWHEN_STORE is "acme-schedule"/],
    [{ KEYWHEN_STORE: "s3://b", KEYWHEN_ALLOW_TARGETS: " , " }, /KEYWHEN_ALLOW_TARGETS is empty/],
    [
      { KEYWHEN_STORE: "s3://b", KEYWHEN_ALLOW_TARGETS: "a/*", KEYWHEN_MAX_AGE: "a day" },
      /KEYWHEN_MAX_AGE is "a day"/,
    ],
  ])("refuses %j with what to do", (env, message) => {
    expect(() => readEnvironment(env)).toThrow(message);
  });
});
