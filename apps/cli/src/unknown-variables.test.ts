import { describe, expect, it } from "vitest";
import { useWorkplace } from "./testing/run-keywhen.js";
import { unknownVariablesNote } from "./unknown-variables.js";

describe("unknownVariablesNote()", () => {
  it("says nothing about variables that the command, the Lambda function or the demo reads, or that describe an event to a command", () => {
    const env = {
      KEYWHEN_STORE: "s3://b",
      KEYWHEN_MODE: "plain",
      KEYWHEN_DEMO_TOKEN: "",
      KEYWHEN_WEBHOOK_SECRET_HOOKS: "whsec_",
      KEYWHEN_KEY: "42.json",
      KEYWHEN_META_USER: "42",
      HOME: "/",
    };
    expect(unknownVariablesNote(env, false)).toBeUndefined();
  });

  it("names each unknown variable, with the known one that is close to it", () => {
    const note = unknownVariablesNote(
      { KEYWHEN_ALOW_TARGETS: "b/*", KEYWHEN_DATABASE: "1" },
      false,
    );
    expect(note).toBe(
      "Note: keywhen does not read KEYWHEN_ALOW_TARGETS (did you mean KEYWHEN_ALLOW_TARGETS?), KEYWHEN_DATABASE. It reads KEYWHEN_STORE, KEYWHEN_ADAPTER, KEYWHEN_ALLOW_TARGETS, KEYWHEN_SHARDS, KEYWHEN_JOURNAL, KEYWHEN_TZ, KEYWHEN_WEBHOOK_SECRET.",
    );
  });

  it("leaves an own adapter its variables, unless one is close to a known one", () => {
    expect(unknownVariablesNote({ KEYWHEN_MY_DATABASE: "x" }, true)).toBeUndefined();
    expect(unknownVariablesNote({ KEYWHEN_STROE: "x" }, true)).toContain("KEYWHEN_STORE?");
  });
});

describe("keywhen with a misspelled KEYWHEN_ variable", () => {
  const place = useWorkplace({ inProcess: true });

  it("notes it once on stderr, and not with -q", async () => {
    await place.makeEmptySchedule();
    const env = { KEYWHEN_TX: "Europe/Berlin" };
    const run = await place.runWith(env, ["list", "--json"]);
    expect(run).toMatchObject({ exitCode: 0, stdout: "" });
    expect(run.stderr).toMatch(/^Note: keywhen does not read KEYWHEN_TX \(did you [^\n]*\n$/);
    const quiet = await place.runWith(env, ["list", "-q"]);
    expect(quiet).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });
});
