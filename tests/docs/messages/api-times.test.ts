import { createScheduler } from "@keywhen/core";
import { memoryStore } from "@keywhen/core/testing";
import { describe } from "vitest";
import { expectMessages, type Messages } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const scheduler = createScheduler({ store: memoryStore(), bucket: "schedule" });
const to = { bucket: "out", key: "k" };
const scheduleIn = (duration: unknown) => () => scheduler.schedule({ to, in: duration as never });
const scheduleAt = (at: unknown) => () => scheduler.schedule({ to, at: at as never });

const MESSAGES: Messages = {
  '⟦"10"⟧ is not a duration. Write a number and a unit (ms, s, m for minutes, h, d), for example 90s or 1.5h.':
    scheduleIn("10"),
  '⟦1000⟧ is a number without a unit, not a duration; milliseconds are "1000ms". Write a number and a unit (ms, s, m for minutes, h, d), for example 90s or 1.5h.':
    scheduleIn(1000),
  '⟦"PT10M"⟧ is an ISO 8601 duration, which is not supported. Write a number and a unit (ms, s, m for minutes, h, d), for example 90s or 1.5h.':
    scheduleIn("PT10M"),
  "⟦9999999d⟧ from now is after the year 9999, the last one supported. Choose a shorter duration.":
    scheduleIn("9999999d"),
  'The ⟦time⟧ is missing: give { at: "2026-12-24T09:00+01:00" } or { in: "10m" }.': () =>
    scheduler.schedule({ to } as never),
  'The event has both ⟦"at"⟧ and "in": leave one out.': () =>
    scheduler.schedule({ to, in: "1h", at: "2026-12-24T09:00Z" } as never),
  'The time must be { at } or { in } (got ⟦"tomorrow"⟧).': () =>
    scheduler.reschedule("2026-12-24T09:00:00.000Z|out|k|d", "tomorrow" as never),
  '⟦"2026-12-24T09:00"⟧ has no UTC offset, so it is ambiguous. Write 2026-12-24T09:00Z for UTC or, for example, 2026-12-24T09:00+01:00.':
    scheduleAt("2026-12-24T09:00"),
  '⟦"2026-12-24"⟧ is a date without a time. Add one, for example 2026-12-24T09:00Z.':
    scheduleAt("2026-12-24"),
  '⟦"tomorrow 9am"⟧ is not an ISO 8601 time. Write it like 2026-12-24T09:00:00Z or 2026-12-24T09:00+01:00.':
    scheduleAt("tomorrow 9am"),
  '⟦"2026-W52-4T09:00Z"⟧ is not a supported form of an ISO 8601 time. Write it like 2026-12-24T09:00:00Z or 2026-12-24T09:00+01:00.':
    scheduleAt("2026-W52-4T09:00Z"),
  '⟦"2026-13-01T09:00Z"⟧ is not a real time: the month must be from 01 to 12 (got 13).':
    scheduleAt("2026-13-01T09:00Z"),
  '⟦"2026-02-31T09:00Z"⟧ is not a real time: the day must be from 01 to 28 (got 31).':
    scheduleAt("2026-02-31T09:00Z"),
  '⟦"2026-12-24T24:00Z"⟧ is not a real time: the hour must be from 00 to 23 (got 24).':
    scheduleAt("2026-12-24T24:00Z"),
  "The UTC offset must be from -23:59 to +23:59 (got ⟦+24:00⟧).":
    scheduleAt("2026-12-24T09:00+24:00"),
  "The Date is an ⟦Invalid Date⟧. Check what it was made from; write it like 2026-12-24T09:00:00Z or 2026-12-24T09:00+01:00.":
    scheduleAt(new Date("nonsense")),
  "⟦1766566800000⟧ is not a time. Give a Date, a Temporal.Instant or a string like 2026-12-24T09:00:00Z or 2026-12-24T09:00+01:00.":
    scheduleAt(1_766_566_800_000),
  "The Date ⟦8640000000000000⟧ ms is outside the supported years, 0000 to 9999 (UTC). Choose another time.":
    scheduleAt(new Date(8.64e15)),
};

describe("messages about times and durations", () => {
  expectMessages({ messages: MESSAGES, texts: messageTextsIn(["packages/core/src/time"]) });
});
