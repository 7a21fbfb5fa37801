import { describe, expect, it } from "vitest";
import { readEnvironment } from "./read-environment.js";

const REQUIRED = { KEYWHEN_STORE: "s3://b/r", KEYWHEN_ALLOW_TARGETS: "a/*" };

describe("readEnvironment()", () => {
  it("reads the store and the targets, with plain sweeps as the default", () => {
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

  it("reads the mode, the poll, the maximum age and the namespace of metrics", () => {
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

  it("treats an empty variable as a missing one", () => {
    const empty = { KEYWHEN_MODE: "", KEYWHEN_POLL: "", KEYWHEN_MAX_AGE: "", KEYWHEN_METRICS: "" };
    expect(readEnvironment({ ...REQUIRED, ...empty })).toEqual(readEnvironment(REQUIRED));
  });

  it.each([
    [{ KEYWHEN_STORE: undefined }, /^KEYWHEN_STORE must be a URL like s3:.* \(got ""\)/],
    [{ KEYWHEN_STORE: "acme-schedule" }, /^KEYWHEN_STORE must be .*\(got "acme-schedule"\)/],
    [{ KEYWHEN_ALLOW_TARGETS: " , " }, /^KEYWHEN_ALLOW_TARGETS contains no target \(got " , "\)/],
    [{ KEYWHEN_ALLOW_TARGETS: '"a/*"' }, /^Invalid target pattern '"a\/\*"': the quotes are part/],
    [
      { KEYWHEN_ALLOW_TARGETS: "a/*,s3://b/*" },
      /^Invalid target pattern "s3:\/\/b\/\*".*Write "b\/\*"/,
    ],
    [{ KEYWHEN_MODE: "fast" }, /^KEYWHEN_MODE must be plain or precise \(got "fast"\)/],
    [{ KEYWHEN_POLL: "1s" }, /^KEYWHEN_POLL is "1s", but KEYWHEN_MODE is plain/],
    [
      { KEYWHEN_MODE: "precise", KEYWHEN_POLL: "1" },
      /^KEYWHEN_POLL must be a number and a unit, .*\(got "1"\)/,
    ],
    [
      { KEYWHEN_MAX_AGE: "a day" },
      /^KEYWHEN_MAX_AGE must be a number and a unit, .*\(got "a day"\)/,
    ],
    [
      { KEYWHEN_METRICS: "a b" },
      /^KEYWHEN_METRICS must be a CloudWatch namespace, .*\(got "a b"\)/,
    ],
    [{ KEYWHEN_METRICS: "AWS/S3" }, /^KEYWHEN_METRICS must .*\(got "AWS\/S3"\)/],
    [
      { KEYWHEN_MAXAGE: "1d" },
      /^The function does not know KEYWHEN_MAXAGE\. It reads KEYWHEN_STORE, /,
    ],
  ])("refuses %j with what to do", (wrong, message) => {
    expect(() => readEnvironment({ ...REQUIRED, ...wrong })).toThrow(message);
  });
});
