import { createScheduler } from "@keywhen/core";
import { memoryStore } from "@keywhen/core/testing";
import { describe } from "vitest";
import { expectComplete, expectMessages, type MessageRow } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const scheduler = createScheduler({ store: memoryStore(), bucket: "schedule" });
const to = { bucket: "out", key: "k" };
const scheduleIn = (duration: unknown) => () => scheduler.schedule({ to, in: duration as never });

const ROWS: readonly MessageRow[] = [
  {
    what: "a duration without a unit",
    cause: scheduleIn("10"),
    received: '"10"',
    message:
      '"10" is not a duration. Write a number and a unit (ms, s, m for minutes, h, d), for example 90s or 1.5h.',
  },
  {
    what: "a duration that is a number",
    cause: scheduleIn(1000),
    received: "1000",
    message:
      '1000 is a number without a unit, not a duration; milliseconds are "1000ms". Write a number and a unit (ms, s, m for minutes, h, d), for example 90s or 1.5h.',
  },
  {
    what: "a duration as ISO 8601 writes it",
    cause: scheduleIn("PT10M"),
    received: '"PT10M"',
    message:
      '"PT10M" is an ISO 8601 duration, which is not supported. Write a number and a unit (ms, s, m for minutes, h, d), for example 90s or 1.5h.',
  },
];

describe("messages about durations", () => {
  expectMessages(ROWS);
  expectComplete(
    messageTextsIn("packages/core/src/time", (file) => file === "duration.ts"),
    ROWS,
  );
});
