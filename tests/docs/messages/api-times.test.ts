import { createScheduler } from "@keywhen/core";
import { memoryStore } from "@keywhen/core/testing";
import { describe } from "vitest";
import { expectComplete, expectMessages, type MessageRow } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const scheduler = createScheduler({ store: memoryStore(), bucket: "schedule" });
const to = { bucket: "out", key: "k" };
const scheduleIn = (duration: unknown) => () => scheduler.schedule({ to, in: duration as never });
const scheduleAt = (at: unknown) => () => scheduler.schedule({ to, at: at as never });

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
  {
    what: "a duration past the year 9999",
    cause: scheduleIn("9999999d"),
    received: "9999999d",
    message:
      "9999999d from now is after the year 9999, the last one supported. Choose a shorter duration.",
  },
  {
    what: "an event without a time",
    cause: () => scheduler.schedule({ to } as never),
    message: 'The time is missing: give { at: "2026-12-24T09:00+01:00" } or { in: "10m" }.',
  },
  {
    what: "an event with two times",
    cause: () => scheduler.schedule({ to, in: "1h", at: "2026-12-24T09:00Z" } as never),
    message: 'The event has both "at" and "in": leave one out.',
  },
  {
    what: "a new time that is not an object",
    cause: () => scheduler.reschedule("2026-12-24T09:00:00.000Z|out|k|d", "tomorrow" as never),
    received: '"tomorrow"',
    message: 'The time must be { at } or { in } (got "tomorrow").',
  },
  {
    what: "a time without an offset",
    cause: scheduleAt("2026-12-24T09:00"),
    received: '"2026-12-24T09:00"',
    message:
      '"2026-12-24T09:00" has no UTC offset, so it is ambiguous. Write 2026-12-24T09:00Z for UTC or, for example, 2026-12-24T09:00+01:00.',
  },
  {
    what: "a date without a time",
    cause: scheduleAt("2026-12-24"),
    received: '"2026-12-24"',
    message: '"2026-12-24" is a date without a time. Add one, for example 2026-12-24T09:00Z.',
  },
  {
    what: "a time in words",
    cause: scheduleAt("tomorrow 9am"),
    received: '"tomorrow 9am"',
    message:
      '"tomorrow 9am" is not an ISO 8601 time. Write it like 2026-12-24T09:00:00Z or 2026-12-24T09:00+01:00.',
  },
  {
    what: "a time of ISO 8601 by week",
    cause: scheduleAt("2026-W52-4T09:00Z"),
    received: '"2026-W52-4T09:00Z"',
    message:
      '"2026-W52-4T09:00Z" is not a supported form of an ISO 8601 time. Write it like 2026-12-24T09:00:00Z or 2026-12-24T09:00+01:00.',
  },
  {
    what: "a month 13",
    cause: scheduleAt("2026-13-01T09:00Z"),
    received: '"2026-13-01T09:00Z"',
    message: '"2026-13-01T09:00Z" is not a real time: the month must be from 01 to 12 (got 13).',
  },
  {
    what: "a day 31 in February",
    cause: scheduleAt("2026-02-31T09:00Z"),
    received: '"2026-02-31T09:00Z"',
    message: '"2026-02-31T09:00Z" is not a real time: the day must be from 01 to 28 (got 31).',
  },
  {
    what: "an hour 24",
    cause: scheduleAt("2026-12-24T24:00Z"),
    received: '"2026-12-24T24:00Z"',
    message: '"2026-12-24T24:00Z" is not a real time: the hour must be from 00 to 23 (got 24).',
  },
  {
    what: "an offset of 24 hours",
    cause: scheduleAt("2026-12-24T09:00+24:00"),
    received: "+24:00",
    message: "The UTC offset must be from -23:59 to +23:59 (got +24:00).",
  },
  {
    what: "a Date that is invalid",
    cause: scheduleAt(new Date("nonsense")),
    received: "Invalid Date",
    message:
      "The Date is an Invalid Date. Check what it was made from; write it like 2026-12-24T09:00:00Z or 2026-12-24T09:00+01:00.",
  },
  {
    what: "a time that is a number",
    cause: scheduleAt(1_766_566_800_000),
    received: "1766566800000",
    message:
      "1766566800000 is not a time. Give a Date, a Temporal.Instant or a string like 2026-12-24T09:00:00Z or 2026-12-24T09:00+01:00.",
  },
  {
    what: "a Date after the year 9999",
    cause: scheduleAt(new Date(8.64e15)),
    received: "8640000000000000",
    message:
      "The Date 8640000000000000 ms is outside the supported years, 0000 to 9999 (UTC). Choose another time.",
  },
];

describe("messages about times and durations", () => {
  expectMessages(ROWS);
  expectComplete(
    messageTextsIn("packages/core/src/time", () => true),
    ROWS,
  );
});
