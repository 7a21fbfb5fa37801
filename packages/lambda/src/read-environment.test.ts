import { describe, expect, it } from "vitest";
import { readEnvironment } from "./read-environment.js";

const REQUIRED = { KEYWHEN_STORE: "s3://b/r", KEYWHEN_ALLOW_TARGETS: "a/*" };

describe("readEnvironment()", () => {
  it("reads the store and the targets, with plain sweeps as the default", () => {
    const env = { ...REQUIRED, KEYWHEN_ALLOW_TARGETS: "a/*, b/daily/* ,,c/x", AWS_REGION: "x" };
    expect(readEnvironment(env)).toEqual({
      storeUrl: "s3://b/r",
      allowTargets: ["a/*", "b/daily/*", "c/x"],
      webhookRules: [],
      mode: "plain",
      poll: undefined,
      maxAge: undefined,
      journal: false,
      metricsNamespace: undefined,
    });
  });

  it("reads the mode, the poll, the maximum age, the journal and the namespace of metrics", () => {
    const optional = {
      KEYWHEN_MODE: "precise",
      KEYWHEN_POLL: "500ms",
      KEYWHEN_MAX_AGE: "7d",
      KEYWHEN_JOURNAL: "true",
      KEYWHEN_METRICS: "acme/keywhen",
    };
    expect(readEnvironment({ ...REQUIRED, ...optional })).toMatchObject({
      mode: "precise",
      poll: "500ms",
      maxAge: "7d",
      journal: true,
      metricsNamespace: "acme/keywhen",
    });
  });

  it("reads where events are posted, and then needs no targets", () => {
    const rules = ["hooks/*=https://example.com/?a=1,2", "billing/*=https://example.com"];
    const env = {
      KEYWHEN_STORE: "s3://b/r",
      KEYWHEN_WEBHOOK_SECRET: "whsec_",
      KEYWHEN_WEBHOOK_SECRET_HOOKS: "whsec_",
    };
    for (const separator of [" ", "\n", ", "]) {
      const read = readEnvironment({ ...env, KEYWHEN_POST: rules.join(separator) });
      expect(read).toMatchObject({ webhookRules: rules, allowTargets: undefined });
    }
    const mistake = { ...env, KEYWHEN_POST: "a/*=https://a.example", KEYWHEN_ALLOW_TARGETS: " , " };
    expect(() => readEnvironment(mistake)).toThrow("KEYWHEN_ALLOW_TARGETS contains no target");
  });

  it("treats an empty variable as a missing one", () => {
    const names = ["MODE", "POLL", "MAX_AGE", "JOURNAL", "METRICS"];
    const empty = Object.fromEntries(names.map((name) => [`KEYWHEN_${name}`, ""]));
    expect(readEnvironment({ ...REQUIRED, ...empty })).toEqual(readEnvironment(REQUIRED));
  });

  it.each([
    { KEYWHEN_STORE: undefined },
    { KEYWHEN_STORE: "acme-schedule" },
    { KEYWHEN_ALLOW_TARGETS: '"a/*"' },
    { KEYWHEN_ALLOW_TARGETS: "a/*,s3://b/*" },
    { KEYWHEN_JOURNAL: "1" },
    { KEYWHEN_METRICS: "AWS/S3" },
  ])("refuses %j", (wrong) => {
    expect(() => readEnvironment({ ...REQUIRED, ...wrong })).toThrow(
      expect.objectContaining({ code: "invalid-option" }),
    );
  });
});
