import { describe, expect, it } from "vitest";
import { toWaiting } from "../live/waiting.js";
import { found } from "./search.js";

const NOW = Date.parse("2026-12-24T08:00:00Z");
const events = ["Carts/1/reminder.json", "carts/2/reminder.json", "reports/daily.csv"].map(
  (key, index) => {
    const at = new Date(NOW + (index - 1) * 1_800_000).toISOString();
    const to = { bucket: "acme", key };
    return toWaiting({ id: `${at}|acme|${key}|d${index}`, at, to, size: 1, writtenAt: at });
  },
);
const keys = (text: string, within: Parameters<typeof found>[2] = "any") =>
  found(events, text, within, NOW).map(({ key }) => key);

describe("found()", () => {
  it("finds by every word, ignoring case", () => {
    expect(keys("carts REMINDER")).toEqual(["Carts/1/reminder.json", "carts/2/reminder.json"]);
    expect(keys("carts daily")).toEqual([]);
  });

  it("finds by bucket, delivery id and time", () => {
    expect(keys("acme/rep")).toEqual(["reports/daily.csv"]);
    expect(keys("|d1")).toEqual(["carts/2/reminder.json"]);
    expect(keys("T08:30")).toEqual(["reports/daily.csv"]);
  });

  it("finds what is due soon, the overdue with it", () => {
    expect(keys("", "minute")).toEqual(["Carts/1/reminder.json", "carts/2/reminder.json"]);
    expect(keys("", "hour")).toHaveLength(3);
  });
});
