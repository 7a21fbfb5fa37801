import { describe, expect, it } from "vitest";
import { codecV1 } from "../key/codec-v1.js";
import type { EventId } from "../key/key-codec.js";
import type { SweepEvent } from "../report/sweep-event.js";
import { entryOf, type JournalEntry } from "./journal-entry.js";
import { journalKey, journalKeyMs, journalTime } from "./journal-key.js";
import { formatLine, parseLine } from "./journal-line.js";

const NOON_MS = Date.UTC(2026, 11, 24, 12);
const SEEN = { atMs: NOON_MS, codec: codecV1, sweeper: undefined };
const ID = "2026-12-24T11:59:59.000Z|out|hello.txt|order-1";
const LINE = {
  v: 1,
  at: "2026-12-24T12:00:00.000Z",
  outcome: "delivered",
  id: ID,
  dueAt: "2026-12-24T11:59:59.000Z",
  target: { bucket: "out", key: "hello.txt" },
};

describe("a key of the journal", () => {
  it("has the instant of its first line, and gives it back", () => {
    const key = journalKey("app/keywhen", NOON_MS + 412, "7k3m9p2q4r5t");
    expect(key).toBe("app/keywhen/journal/2026/12/24/120000.412Z-7k3m9p2q4r5t.ndjson");
    expect(journalKeyMs(key.slice("app/keywhen/journal/".length))).toBe(NOON_MS + 412);
  });

  it.each([
    ["9 ms", NOON_MS, NOON_MS + 9],
    ["a second", NOON_MS + 999, NOON_MS + 1_000],
    ["midnight", Date.UTC(2026, 11, 31, 23, 59, 59, 999), Date.UTC(2027, 0, 1)],
    ["a thousand years", Date.UTC(999, 11, 31), Date.UTC(1000, 0, 1)],
  ])("sorts as time does after %s", (_, earlier, later) => {
    expect(journalTime(earlier) < journalTime(later)).toBe(true);
  });

  it.each([
    "2026/12/24/120000.412Z-7k3m9p2q4r5t.ndjson.gz",
    "2026/12/24/120000.412Z-7K3M9P2Q4R5T.ndjson",
    "2026/13/24/120000.412Z-7k3m9p2q4r5t.ndjson",
    "2026/12/24/126000.412Z-7k3m9p2q4r5t.ndjson",
    "2026-12-24/120000.412Z-7k3m9p2q4r5t.ndjson",
    "readme.txt",
    "",
  ])("is not %j", (name) => {
    expect(journalKeyMs(name)).toBeUndefined();
  });
});

describe("a line of the journal", () => {
  it("is read with instants as dates, without fields that are not known", () => {
    const recurring = { name: "daily", occurrence: "2026-12-24", zone: "x" };
    const error = { code: "denied", message: "no", undecided: true };
    const more = { recurring, error, later: 1, latenessMs: 5, expiredAt: LINE.at };
    expect(parseLine(JSON.stringify({ ...LINE, ...more }))).toEqual({
      at: new Date(NOON_MS),
      outcome: "delivered",
      id: ID,
      dueAt: new Date(NOON_MS - 1_000),
      target: { bucket: "out", key: "hello.txt" },
      recurring: { name: "daily", occurrence: "2026-12-24" },
      error,
      latenessMs: 5,
      expiredAt: new Date(NOON_MS),
    });
  });

  it.each([
    ["is not a JSON object", "{"],
    ["is not a JSON object", "[]"],
    ["is of another version", JSON.stringify({ ...LINE, v: 2 })],
    ["has no valid outcome", JSON.stringify({ ...LINE, outcome: "lost" })],
    ["has no valid at", JSON.stringify({ ...LINE, at: "2026-12-24" })],
    ["has no valid id", JSON.stringify({ ...LINE, id: undefined })],
    ["has no valid target", JSON.stringify({ ...LINE, target: { bucket: "b" } })],
    ["has no valid target", JSON.stringify({ ...LINE, target: "b/k" })],
    ["has no valid size", JSON.stringify({ ...LINE, size: "5" })],
    ["has no valid sweeper", JSON.stringify({ ...LINE, sweeper: 5 })],
    ["has no valid error", JSON.stringify({ ...LINE, error: "denied" })],
    ["has no valid error", JSON.stringify({ ...LINE, error: { code: 5 } })],
  ])("that %s is not read", (why, line) => {
    expect(parseLine(line)).toBe(why);
  });

  it("is read without a way of delivery and a reason of a later version", () => {
    const { at: _at, dueAt: _dueAt, v: _v, ...others } = LINE;
    const line = JSON.stringify({ ...LINE, by: "carrier", reason: "bored" });
    expect(parseLine(line)).toEqual({
      ...others,
      at: new Date(NOON_MS),
      dueAt: new Date(NOON_MS - 1_000),
    });
  });

  it("gives back what was written, on one line", () => {
    const entry: JournalEntry = {
      at: new Date(NOON_MS),
      outcome: "dead",
      id: ID as EventId,
      dueAt: new Date(NOON_MS - 1_000),
      target: { bucket: "out", key: "a\nb\u2028\ud800" },
      reason: "max-age",
      error: { code: "failed", message: "line\nbreak" },
      message: "because",
    };
    const line = formatLine(entry);
    expect(line.indexOf("\n")).toBe(line.length - 1);
    expect(parseLine(line)).toEqual(entry);
  });
});

describe("entryOf()", () => {
  it("names the recurring schedule of a wake-up", () => {
    const id = "2026-12-24T08:00:00.000Z|out|k|daily@2026-12-24~ghijklmn" as EventId;
    expect(entryOf({ type: "passed-over", id }, { ...SEEN, sweeper: "host" })).toEqual({
      at: new Date(NOON_MS),
      outcome: "passed-over",
      id,
      deliveryId: "daily@2026-12-24",
      dueAt: new Date("2026-12-24T08:00:00.000Z"),
      target: { bucket: "out", key: "k" },
      sweeper: "host",
      recurring: { name: "daily", occurrence: "2026-12-24" },
    });
  });

  it("keeps at most 1,000 characters of an error, and no half of one", () => {
    const message = `${"x".repeat(999)}😀`;
    const event = { type: "expired", id: ID as EventId, expiredAt: new Date(NOON_MS), message };
    const entry = entryOf(event as SweepEvent, SEEN);
    expect(entry?.message).toBe(`${"x".repeat(999)}\ufffd`);
  });

  it("has nothing for an id that the schedule's key format does not know", () => {
    const codec = { ...codecV1, name: "other", decode: () => undefined };
    const event = { type: "passed-over", id: ID as EventId } as const;
    expect(entryOf(event, { ...SEEN, codec })).toBeUndefined();
  });
});
