import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventId } from "../key/key-codec.js";
import { resolveSchedule } from "../options/schedule.js";
import type { SweepEvent } from "../report/sweep-event.js";
import { storeError, type TestSchedule, testSchedule } from "../test-support/test-schedule.js";
import { JournalWriter } from "./journal-writer.js";
import { readJournal, type SkippedPart } from "./read-journal.js";

const DUE = "2026-12-24T11:00:00.000Z";
const to = { bucket: "out", key: "k" };

/** What a sweep reports of one event. Whether that is an outcome. */
const KINDS: readonly ((id: EventId) => [SweepEvent, boolean])[] = [
  (id) => [{ type: "delivered", id, to, size: 5, by: "copy", latenessMs: 7 }, true],
  (id) => [{ type: "already-delivered", id, to }, true],
  (id) => [{ type: "passed-over", id }, true],
  (id) => [{ type: "failed", id, dueAt: new Date(DUE), error: storeError("denied", "copy") }, true],
  (id) => [{ type: "dead", id, reason: "max-age", error: undefined, message: "m" }, true],
  (id) => [{ type: "expired", id, expiredAt: new Date(DUE), message: "m" }, true],
  (id) => [{ type: "gone", id }, false],
  (id) => [{ type: "left", id, dueAt: new Date(DUE), reason: "blocked" }, false],
  (id) => [
    { type: "undeleted", id, dueAt: new Date(DUE), error: storeError("denied", "delete") },
    false,
  ],
  () => [{ type: "relisted" }, false],
];

/** Steps of the clock between two reports: on, much later, back. */
const stepMs = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 30_000, max: 200_000 }),
  fc.integer({ min: -90_000, max: -1 }),
);
const reports = fc.array(fc.tuple(fc.nat(KINDS.length - 1), stepMs), { maxLength: 60 });

/** Reports these events, and returns which outcomes a reader must find. */
async function writeAll(home: TestSchedule, steps: readonly (readonly [number, number])[]) {
  let nowMs = home.clock.now();
  const clock = { ...home.clock, now: () => nowMs };
  const journal = new JournalWriter({
    schedule: { ...resolveSchedule(home), clock },
    sweeper: undefined,
    notify: (event) => expect(event.type).toBe("journal-written"),
    store: () => home.store,
  });
  const expected: Outcome[] = [];
  for (const [number, [kind, step]] of steps.entries()) {
    nowMs += step;
    const id = `${DUE}|out|k|${number}` as EventId;
    const [event, isOutcome] = KINDS[kind]?.(id) ?? expect.fail("no such kind");
    journal.add(event);
    if (isOutcome) expected.push([nowMs, event.type, id]);
    await new Promise((resolve) => setImmediate(resolve)); // a part is written
  }
  await journal.finish(new AbortController().signal);
  return expected;
}

type Outcome = readonly [atMs: number, outcome: string, id: EventId];

describe("a journal", () => {
  it("has each outcome exactly once, in order of time, however the clock is set", async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (steps) => {
        const home = testSchedule();
        const expected = await writeAll(home, steps);
        const found: Outcome[] = [];
        const onSkipped = ({ why }: SkippedPart) => expect.fail(why);
        for await (const entry of readJournal(home, { until: "2027-01-01T00:00:00Z", onSkipped })) {
          found.push([entry.at.getTime(), entry.outcome, entry.id]);
        }
        expect([...found].sort()).toEqual([...expected].sort());
        const times = found.map(([atMs]) => atMs);
        expect(times).toEqual(times.toSorted((one, other) => one - other));
      }),
      { numRuns: 200 },
    );
  });
});
