import { describe, expect, it } from "vitest";
import { asEventId } from "../../scheduler/scheduled-event.js";
import { storeError } from "../../test-support/test-home.js";
import { logTo } from "./sweep-event.js";

describe("logTo()", () => {
  it("writes each event at a level that fits, its fields beside the message", () => {
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
    observe({ type: "foreign", key: "x" });
    observe({ type: "slowed", concurrency: 8 });
    observe({ type: "retrying", id: asEventId("i"), error });
    observe({ type: "undeleted", id: asEventId("i"), error });
    expect(lines).toEqual([
      ["debug", "keywhen: foreign", { key: "x" }],
      ["info", "keywhen: slowed", { concurrency: 8 }],
      ["warn", "keywhen: retrying", { id: "i", error }],
      ["error", "keywhen: undeleted", { id: "i", error }],
    ]);
  });
});
