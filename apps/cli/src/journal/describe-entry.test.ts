import { eventId } from "@keywhen/core";
import type { JournalEntry } from "@keywhen/core/journal";
import { describe, expect, it } from "vitest";
import { useZone } from "../input/time-zone.js";
import { describeEntry, lineOf } from "./describe-entry.js";

useZone("UTC", () => {});

const dueAt = new Date("2026-12-24T08:00:00.000Z");
const target = { bucket: "inbox", key: "a" };

const entryOf = (facts: Partial<JournalEntry>): JournalEntry => ({
  at: new Date("2026-12-24T08:00:00.530Z"),
  outcome: "delivered",
  id: eventId({ at: dueAt, to: target, deliveryId: "d" }),
  dueAt,
  target,
  ...facts,
});
const error = { code: "denied", message: "No" };

describe("an entry of the journal", () => {
  it.each<[Partial<JournalEntry>, string]>([
    [{ latenessMs: 412, size: 5, by: "copy" }, "412 ms late · to inbox/a · 5 B"],
    [
      { latenessMs: 1, size: 0, by: "destination" },
      "1 ms late · to inbox/a · 0 B · by its destination",
    ],
    [
      { outcome: "failed", error, nextTryAt: new Date("2026-12-24T08:01:00.000Z") },
      "to inbox/a · No · next try due Thu 24 Dec 2026, 08:01:00 UTC",
    ],
    [
      { outcome: "failed", error: { ...error, undecided: true } },
      "to inbox/a · No (it may have been delivered)",
    ],
    [
      { outcome: "dead", reason: "max-age", error, message: "failed for 24h: No" },
      "to inbox/a · max-age · failed for 24h: No",
    ],
    [
      { outcome: "passed-over", recurring: { name: "daily", occurrence: "x" }, sweeper: "web-1" },
      "to inbox/a · schedule daily · sweeper web-1",
    ],
  ])("is described with what is known: %j", (facts, text) => {
    const { outcome = "delivered" } = facts;
    const beginning = `${outcome} Thu 24 Dec 2026, 08:00:00 UTC · `;
    expect(describeEntry(entryOf(facts))).toBe(beginning + text);
  });

  it("is a line with columns", () => {
    const lines = [{ latenessMs: 412, size: 5 }, { outcome: "failed", error } as const].map(
      (facts) => lineOf(entryOf(facts)),
    );
    expect(lines).toEqual([
      "2026-12-24 08:00:00 +00:00   delivered                412 ms late   inbox/a   5 B",
      "2026-12-24 08:00:00 +00:00   failed                                 inbox/a   No",
    ]);
  });
});
