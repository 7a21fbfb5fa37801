import { hasCode } from "@keywhen/core";
import { describe, expect, it } from "vitest";
import { preview } from "../preview.js";
import { compileRule } from "./compile-rule.js";

describe("a rule that is refused", () => {
  it.each<readonly [rule: object, message: string]>([
    [{}, 'A rule must have either cron or every (got "").'],
    [{ cron: "0 9 * * *", every: "1h" }, "either cron or every"],
    [{ cron: "0 9 * * *", timezone: "UTC" }, "timeZone"],
    [{ every: "1h", timeZone: "UTC" }, "timeZone"],
    [{ cron: 5 }, "cron must be five fields (got 5)"],
    [{ cron: " " }, 'cron must be five fields (got " ")'],
    [{ cron: "0 0 9 * * *" }, "it has 6 fields. Leave out seconds and years."],
    [{ cron: "0 9 * *" }, '"0 9 * *" can\'t be used'],
    [{ cron: "0 24 * * *" }, "Invalid value for hour: 24. Write five fields"],
    [{ cron: "0 9 ? * *" }, "write *"],
    [{ cron: "5/15 * * * *" }, "stepping with numeric prefix ('5/15') is not allowed"],
    [{ cron: "@reboot" }, "never rebooted"],
    [{ cron: "0 0 30 2 *" }, '"0 0 30 2 *" never occurs'],
    [{ cron: "FREQ=DAILY" }, "RRULE"],
    [{ cron: "9:00" }, "it has 1 field. Write five fields"],
    [{ cron: "0 9 * *" }, "it has 4 fields. Write five fields"],
    [{ cron: "rate(5 minutes)" }, "EventBridge"],
    [{ cron: "0 9 * * *", timeZone: "Europe/Nowhere" }, '(got "Europe/Nowhere")'],
    [{ cron: "0 9 * * *", timeZone: "+02:00" }, "An offset such as +02:00 has no summer time."],
    [{ every: "1d" }, "a day may have 23 or 25 hours"],
    [{ every: "30s" }, 'every must be at least 1m (got "30s")'],
  ])("%j says what to write instead", (rule, message) => {
    const compile = () => compileRule(rule as never);
    expect(compile).toThrow(message);
    expect(errorOf(compile)).toSatisfy((error) => hasCode(error, "invalid-option"));
  });

  it.each([undefined, null, "0 9 * * *", 5])("%j says that a rule is an object", (rule) => {
    expect(() => compileRule(rule as never)).toThrow("A rule must be { cron, timeZone }");
  });

  it("with a bad duration or instant has the code of those", () => {
    expect(errorOf(() => compileRule({ every: "soon" }))).toMatchObject({
      code: "invalid-duration",
    });
    expect(errorOf(() => compileRule({ every: "1h", from: "soon" }))).toMatchObject({
      code: "invalid-time",
    });
  });
});

describe("preview", () => {
  it("returns the next occurrences", () => {
    const after = "2026-12-24T08:00Z";
    const rule = { cron: "0 9 * * 1-5", timeZone: "Europe/Berlin" };
    expect(preview(rule, { after, count: 2 }).map(({ occurrence }) => occurrence)).toEqual([
      "2026-12-25T09:00",
      "2026-12-28T09:00",
    ]);
    expect(preview(rule, { after })).toHaveLength(5);
  });
});

function errorOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
