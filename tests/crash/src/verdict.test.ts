import { systemClock } from "@keywhen/core/internal";
import { memoryStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { bodyOf, createLedger, type EventRecord } from "./ledger.js";
import { SCHEDULE, TARGET } from "./store-place.js";
import { consume, type TestBed } from "./test-bed.js";
import { judge } from "./verdict.js";

const ROOT = "root";
const seen = { atMs: 1, maker: "sweeper" };

/** A bed in memory with one event that was scheduled, about which a test can say more. */
function oneEvent(more: Partial<EventRecord> = {}): { bed: TestBed; record: EventRecord } {
  const store = memoryStore({ clock: systemClock, buckets: [SCHEDULE, TARGET] });
  const ledger = createLedger();
  const record = Object.assign(ledger.add(ROOT), { scheduled: "scheduled", deliveryId: "d" }, more);
  const bed: TestBed = {
    name: "files",
    place: { kind: "file", folder: "none" },
    store,
    ledger,
    lookedAt: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
  return { bed, record };
}

const verdictOn = (bed: TestBed) =>
  judge(bed, { run: "run", roots: [ROOT], faults: 0, mayRepeat: () => false });

function deliver(
  { store }: TestBed,
  record: EventRecord,
  { id = "d", body = bodyOf(record) } = {},
) {
  const ref = { bucket: TARGET, key: record.key };
  return store.put(ref, new TextEncoder().encode(body), { metadata: { "keywhen-id": id } });
}

describe("judge()", () => {
  it("finds nothing broken if what was confirmed has come once", async () => {
    const { bed, record } = oneEvent({ arrivals: [seen] });
    await deliver(bed, record);
    await consume(bed.store, record, {});
    expect(await verdictOn(bed)).toMatchObject({ broken: [], scheduled: 1, delivered: 1, lost: 0 });
  });

  it("counts a copy that is at its target without a notification", async () => {
    const { bed, record } = oneEvent();
    await deliver(bed, record);
    expect(await verdictOn(bed)).toMatchObject({ broken: [], delivered: 1, lost: 0 });
  });

  it("finds a confirmed event that never came", async () => {
    const { bed } = oneEvent();
    const { broken, lost } = await verdictOn(bed);
    expect([lost, broken]).toEqual([1, ["1 confirmed and never delivered: events 0"]]);
  });

  it("finds no loss in an event that was cancelled, or perhaps", async () => {
    for (const cancel of ["cancelled", "undecided"] as const) {
      expect(await verdictOn(oneEvent({ cancel }).bed)).toMatchObject({ broken: [], lost: 0 });
    }
  });

  it.each([
    ["delivered twice without a reason", { arrivals: [seen, seen] }],
    ["cancelled and delivered", { arrivals: [seen], cancel: "cancelled" }],
    ["delivered under two ids", { arrivals: [seen], seenIds: new Set(["d", "e"]) }],
  ] as const)("finds an event that was %s", async (what, more) => {
    const { bed } = oneEvent({ ...more, arrivals: [...more.arrivals] });
    expect((await verdictOn(bed)).broken).toEqual([`1 ${what}: events 0`]);
  });

  it.each([
    ["another id", { id: "e" }],
    ["another body", { body: "event 0 is due, and" }],
  ])("finds an event that was delivered with %s", async (what, copy) => {
    const { bed, record } = oneEvent({ arrivals: [seen] });
    await deliver(bed, record, copy);
    await consume(bed.store, record, {});
    expect((await verdictOn(bed)).broken).toEqual([expect.stringContaining(what)]);
  });

  it("finds what still waits and what is a dead letter", async () => {
    const { bed } = oneEvent({ arrivals: [seen] });
    for (const folder of ["pending", "dead"]) {
      await bed.store.put({ bucket: SCHEDULE, key: `${ROOT}/${folder}/x` }, new Uint8Array());
    }
    expect((await verdictOn(bed)).broken).toEqual([
      `1 still wait: ${ROOT}/pending/x`,
      `1 are dead letters: ${ROOT}/dead/x`,
    ]);
  });
});
