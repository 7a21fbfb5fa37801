import { describe, expect, it } from "vitest";
import { readEnvironment } from "./read-environment.js";

const REQUIRED = { KEYWHEN_STORE: "s3://b/r", KEYWHEN_ALLOW_TARGETS: "a/*" };

describe("readEnvironment()", () => {
  it("reads the store and where events may go, and sweeps plainly unless told otherwise", () => {
    const env = { ...REQUIRED, KEYWHEN_ALLOW_TARGETS: "a/*, b/daily/* ,,c/x", AWS_REGION: "x" };
    expect(readEnvironment(env)).toEqual({
      storeUrl: "s3://b/r",
      allowTargets: ["a/*", "b/daily/*", "c/x"],
      mode: "plain",
      poll: undefined,
      maxAge: undefined,
      metricsNamespace: undefined,
    });
  });

  it("reads the mode, how often to list, how long to try and where metrics go", () => {
    const optional = {
      KEYWHEN_MODE: "precise",
      KEYWHEN_POLL: "500ms",
      KEYWHEN_MAX_AGE: "7d",
      KEYWHEN_METRICS: "acme/keywhen",
    };
    expect(readEnvironment({ ...REQUIRED, ...optional })).toMatchObject({
      mode: "precise",
      poll: "500ms",
      maxAge: "7d",
      metricsNamespace: "acme/keywhen",
    });
  });

  it("takes an empty variable for a missing one", () => {
    const empty = { KEYWHEN_MODE: "", KEYWHEN_POLL: "", KEYWHEN_MAX_AGE: "", KEYWHEN_METRICS: "" };
    expect(readEnvironment({ ...REQUIRED, ...empty })).toEqual(readEnvironment(REQUIRED));
  });

  it.each([
    [{ KEYWHEN_STORE: undefined }, /^KEYWHEN_STORE is "": name the schedule's bucket, like s3:/],
    [{ KEYWHEN_STORE: "acme-schedule" }, /^KEYWHEN_STORE is "acme-schedule"/],
    [{ KEYWHEN_ALLOW_TARGETS: " , " }, /^KEYWHEN_ALLOW_TARGETS is empty: name where events may go/],
    [{ KEYWHEN_ALLOW_TARGETS: '"a/*"' }, /^Invalid target pattern '"a\/\*"': the quotes are part/],
    [
      { KEYWHEN_ALLOW_TARGETS: "a/*,s3://b/*" },
      /^Invalid target pattern "s3:\/\/b\/\*".*Write "b\/\*"/,
    ],
    [{ KEYWHEN_MODE: "fast" }, /^KEYWHEN_MODE is "fast": write plain or precise/],
    [{ KEYWHEN_POLL: "1s" }, /^KEYWHEN_POLL is "1s", but KEYWHEN_MODE is plain/],
    [{ KEYWHEN_MODE: "precise", KEYWHEN_POLL: "1" }, /^KEYWHEN_POLL is "1": write a number and a/],
    [{ KEYWHEN_MAX_AGE: "a day" }, /^KEYWHEN_MAX_AGE is "a day": write a number and a unit/],
    [{ KEYWHEN_METRICS: "a b" }, /^KEYWHEN_METRICS is "a b": write a CloudWatch namespace/],
    [{ KEYWHEN_METRICS: "AWS/S3" }, /^KEYWHEN_METRICS is "AWS\/S3"/],
    [{ KEYWHEN_MAXAGE: "1d" }, /^KEYWHEN_MAXAGE is unknown: the function reads KEYWHEN_STORE, /],
  ])("refuses %j with what to do", (wrong, message) => {
    expect(() => readEnvironment({ ...REQUIRED, ...wrong })).toThrow(message);
  });
});
