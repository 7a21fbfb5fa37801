import { describe, expect, it } from "vitest";
import { asEventId } from "../key/codec-v1.js";
import { storeError } from "../test-support/test-schedule.js";
import { logTo } from "./sweep-event.js";

describe("logTo()", () => {
  it("writes each event at a level that fits, its fields next to the message", () => {
    const lines: unknown[][] = [];
    const write =
      (level: string) =>
      (...line: unknown[]) =>
        void lines.push([level, ...line]);
    const log = {
      debug: write("debug"),
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
    };
    const observe = logTo(log);
    const error = storeError("denied", "copy");
    observe({ type: "unrecognized", key: "x" });
    observe({ type: "slowed", concurrency: 8 });
    const dueAt = new Date(0);
    observe({ type: "failed", id: asEventId("i"), dueAt, error });
    observe({ type: "undeleted", id: asEventId("i"), dueAt, error });
    expect(lines).toEqual([
      ["debug", "keywhen: unrecognized", { key: "x" }],
      ["info", "keywhen: slowed", { concurrency: 8 }],
      ["warn", "keywhen: failed", { id: "i", dueAt, error }],
      ["error", "keywhen: undeleted", { id: "i", dueAt, error }],
    ]);
  });
});
