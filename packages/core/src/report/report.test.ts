import { describe, expect, it } from "vitest";
import type { StoreErrorCode } from "../errors.js";
import { asEventId } from "../key/codec-v1.js";
import { SWEEP_END } from "../test-support/sweep-end.js";
import { storeError } from "../test-support/test-schedule.js";
import { ReportFold } from "./report.js";
import type { LeftReason, SweepEvent } from "./sweep-event.js";

const TO = { bucket: "out", key: "k" };

const idOf = (id: string) => asEventId(id);
const due = (count: number): SweepEvent => ({ type: "due", count });
const left = (reason: LeftReason, atMs: number, id = `${atMs}`): SweepEvent => ({
  type: "left",
  id: idOf(id),
  dueAt: new Date(atMs),
  reason,
});
const failed = (code: StoreErrorCode, atMs = 0, undecided = false): SweepEvent => ({
  type: "failed",
  id: idOf(`${atMs}`),
  dueAt: new Date(atMs),
  error: storeError(code, "copy", { undecided }),
});
const undeleted = (atMs: number): SweepEvent => ({
  type: "undeleted",
  id: idOf(`${atMs}`),
  dueAt: new Date(atMs),
  error: storeError("denied", "delete"),
});
const refused = (atMs: number): SweepEvent => ({
  type: "refused",
  id: idOf(`${atMs}`),
  dueAt: new Date(atMs),
  to: TO,
  reason: "target-not-allowed",
  error: undefined,
  message: "outside",
});

/** The report of a sweep with these events. */
function reportOf(...events: readonly SweepEvent[]) {
  const fold = new ReportFold();
  for (const event of events) fold.add(event);
  return fold.report(events.find((event) => event.type === "ended") ?? SWEEP_END);
}

// `sweeperOf` compares the report of every sweep in the other tests with the fold of its events.
describe("ReportFold", () => {
  it("counts each event by what became of it", () => {
    const id = idOf("x");
    const dead = { reason: "max-age", error: undefined, message: "too old" } as const;
    expect(
      reportOf(
        { type: "listed", keys: 20 },
        { type: "listed", keys: 2 },
        { type: "unrecognized", key: "x" },
        due(9),
        due(1),
        { type: "delivered", id, to: TO, size: 1, by: "copy", latenessMs: 7 },
        { type: "already-delivered", id, to: TO },
        { type: "gone", id },
        { type: "dead", id, ...dead },
        { type: "expired", id, expiredAt: new Date(0), message: "too late" },
        failed("denied"),
        failed("unavailable", 0, true),
        left("backing-off", 0),
        left("postponed", 0),
        left("blocked", 0),
        refused(0),
        undeleted(0),
        { type: "destination-paused", destination: "d", until: new Date(0), message: "full" },
      ),
    ).toMatchObject({
      outcome: "swept",
      listed: 22,
      unrecognized: 1,
      due: 10,
      delivered: 1,
      alreadyDelivered: 1,
      gone: 1,
      dead: 1,
      expired: 1,
      retrying: 3, // failed now, failed earlier, or without a turn
      undecided: 1,
      blocked: 1,
      leftInPlace: 1,
      undeleted: 1,
      destinationPauses: 1,
      latenessMs: { min: 7, max: 7 },
    });
  });

  it("has the first id that was not tried, and no other event that stays", () => {
    const report = reportOf(left("postponed", 1), left("untried", 6), left("untried", 5));
    expect(report.firstUntriedId).toBe("5");
    expect(reportOf(left("postponed", 1), left("blocked", 2)).firstUntriedId).toBeUndefined();
  });

  it.each([
    ["failed", (atMs: number) => failed("denied", atMs)],
    ["undeleted", undeleted],
    ["refused", refused],
    ["backing off", (atMs: number) => left("backing-off", atMs)],
    ["blocked", (atMs: number) => left("blocked", atMs)],
    ["postponed", (atMs: number) => left("postponed", atMs)],
    ["untried", (atMs: number) => left("untried", atMs)],
  ])("has the due instant of the oldest event that is %s", (_, event) => {
    expect(reportOf(...[7, 5, 6].map(event)).oldestDueAt).toEqual(new Date(5));
  });

  it("keeps the first error of each kind", () => {
    const id = idOf("x");
    const lost = storeError("unavailable", "copy");
    const invalid = storeError("invalid-key", "copy");
    const message = "b: made-up";
    expect(
      reportOf(
        failed("denied"),
        failed("denied"),
        { type: "repeated", id, error: lost },
        { type: "list-failed", error: new TypeError("no such form") },
        { type: "lease-unreleased", error: lost },
        { type: "dead", id, reason: "target-invalid", error: invalid, message },
      ).errors.map(({ type, code }) => [type, code]),
    ).toEqual([
      ["failed", "denied"],
      ["repeated", "unavailable"],
      ["list-failed", undefined],
      ["lease-unreleased", "unavailable"],
      ["dead", "invalid-key"],
    ]);
    const expired = { type: "expired", id, expiredAt: new Date(0), message: "too late" } as const;
    expect(reportOf(expired).errors).toEqual([
      { type: "expired", code: "expired", message: "too late" },
    ]);
    expect(reportOf(refused(1)).errors).toEqual([
      { type: "refused", code: "target-not-allowed", message: "outside" },
    ]);
  });

  it("counts the events that stay again when the schedule is listed again", () => {
    const stay = [
      failed("denied", 1),
      failed("unavailable", 1, true),
      left("backing-off", 1),
      left("blocked", 1),
      left("untried", 1),
      refused(1),
    ];
    const delivered: SweepEvent = {
      type: "delivered",
      id: idOf("x"),
      to: TO,
      size: 1,
      by: "copy",
      latenessMs: 7,
    };
    const report = reportOf(
      due(8),
      ...stay,
      delivered,
      undeleted(2),
      { type: "gone", id: idOf("y") },
      { type: "relisted" },
      due(2),
      left("blocked", 3),
      left("untried", 4),
    );
    expect(report).toMatchObject({
      due: 4,
      delivered: 1,
      gone: 1,
      undeleted: 1,
      retrying: 0,
      undecided: 0,
      leftInPlace: 0,
      blocked: 1,
      firstUntriedId: "4",
      oldestDueAt: new Date(3),
    });
  });
});
