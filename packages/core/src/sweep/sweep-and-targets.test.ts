import { describe, expect, it } from "vitest";
import { escapePart } from "../key/codec-v1.js";
import { memoryStore } from "../store/memory-store.js";
import { failing } from "../test-support/sweeps.js";
import {
  failFirst,
  keysOf,
  NOON,
  numbered,
  record,
  scheduleWith,
  storeError,
  sweeperOf,
  testSchedule,
  textOf,
  waitingIn,
  writeAllowed,
  writeByHand,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";

const DUE = "2026-12-24T11:59:00.000Z";

describe("sweep() and its targets", () => {
  it("moves what is outside of allowTargets to the dead letters", async () => {
    const home = await scheduleWith([`${DUE}|out|k`, `${DUE}|secret|k`]);
    const report = await sweeperOf(home, { allowTargets: ["out/*"] }).sweep();
    expect(report).toMatchObject({ due: 2, delivered: 1, dead: 1, leftInPlace: 0 });
    expect(await keysOf(home.store, "secret")).toEqual([]);
    expect(await waitingIn(home.store)).toEqual([]);
    expect(await keysOf(home.store, "schedule")).toContain(`keywhen/dead/${DUE}|secret|k`);
  });

  it("refuses the schedule's own folders, also with `*` allowed", async () => {
    const home = await scheduleWith([`${DUE}|schedule|keywhen/pending/x`, `${DUE}|schedule|other`]);
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 1, dead: 1 });
  });

  it.each(["arn:aws:s3:eu-central-1:1:accesspoint/x", "x-abc-s3alias", "x--ol-s3", "m1.mrap"])(
    "refuses %s, which is an alias of another bucket, unless a pattern names it",
    async (bucket) => {
      const home = testSchedule();
      const store = memoryStore({
        clock: home.clock,
        capabilities: { limits: { keyBytes: 1_024, bucketCharacters: 200 } },
      });
      for (const [allowTargets, outcome] of [
        [["*"], { dead: 1, delivered: 1 }],
        [["out/*", `${bucket}/*`], { dead: 0, delivered: 2 }],
      ] as const) {
        await writeByHand(store, `${DUE}|${escapePart(bucket)}|k`);
        await writeAllowed(store);
        expect(await sweeperOf({ ...home, store }, { allowTargets }).sweep()).toMatchObject(
          outcome,
        );
      }
    },
  );

  it.each([[[]], [["out"]], [["/x"]], [["out/"]], [["o*t/*"]], [undefined]])(
    "refuses the pattern %j",
    (allowTargets) => {
      expect(() => sweeperOf(testSchedule(), { allowTargets } as never)).toThrow(
        expect.objectContaining({ code: "invalid-option" }),
      );
    },
  );
});

describe("sweep() and events of one target", () => {
  const older = `${DUE}|out|k|older`;
  const newer = `${NOON}|out|k|newer`;

  it("starts the newer one when the delete of the older one is confirmed", async () => {
    const home = await scheduleWith([newer, older]);
    const { sent, store } = record(home.store);
    expect(await sweeperOf({ ...home, store }).sweep()).toMatchObject({ delivered: 2 });
    expect(await textOf(home.store, "out", "k")).toBe(newer);
    expect(sent.filter((request) => /^(?:copy|delete)/.test(request))).toEqual([
      "copy out/k",
      `delete schedule/keywhen/pending/${older}`,
      "copy out/k",
      `delete schedule/keywhen/pending/${newer}`,
    ]);
  });

  it("delivers many events of one target one after the other, without a pause", async () => {
    const line = Array.from({ length: 40 }, (_, index) => `${DUE}|out|k|${index + 100}`);
    const home = await scheduleWith([...line, ...numbered(60)]);
    const { sent, store } = record(home.store);
    const report = await sweeperOf({ ...home, store }).sweep();
    expect(report).toMatchObject({ delivered: 100, durationMs: 0 });
    expect(await textOf(home.store, "out", "k")).toBe(line.at(-1));
    expect(sent.filter((request) => request === "copy out/k")).toHaveLength(40);
  });

  it("sends the delete of the older one immediately if a newer one is listed long after its copy", async () => {
    const [older, newer] = [`${DUE}|out|00001|older`, `${NOON}|out|00001|newer`];
    const others = numbered(900).filter((id) => !id.endsWith("00001"));
    const home = await scheduleWith([...others, older, newer]);
    const report = await sweeperOf(home).sweep();
    expect(report).toMatchObject({ delivered: 901, durationMs: 0 });
    expect(await textOf(home.store, "out", "00001")).toBe(newer);
  });

  it("blocks the newer one if the older one fails, and delivers both in order in the next sweep", async () => {
    const home = await scheduleWith([older, newer, `${NOON}|out|other`]);
    const before = failFirst("copy", 1, storeError("denied", "copy"));
    const sweeper = sweeperOf({ ...home, store: faultyStore(home.store, { before }) });
    const first = await sweeper.sweep();
    expect(first).toMatchObject({ due: 3, delivered: 1, retrying: 1, blocked: 1 });
    expect(first.oldestDueAt).toEqual(new Date(DUE));
    expect(await sweeper.sweep()).toMatchObject({ delivered: 2 });
    expect(await textOf(home.store, "out", "k")).toBe(newer);
  });

  it("starts the newer one if the older one was cancelled", async () => {
    const home = await scheduleWith([older, newer]);
    let copies = 0;
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "copy" && ++copies === 1)
        void home.store.delete("schedule", [`keywhen/pending/${older}`]);
    });
    expect(await sweeperOf({ ...home, store }).sweep()).toMatchObject({ gone: 1, delivered: 1 });
  });

  it("orders moves as well", async () => {
    const home = await scheduleWith([newer, older], { move: true });
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 2 });
    expect(await textOf(home.store, "out", "k")).toBe(newer);
  });

  it("blocks the newer one if the older one becomes a dead letter", async () => {
    const home = await scheduleWith([older, newer]);
    await home.clock.advance("2d");
    const store = failing(home.store, "copy", "denied");
    const sweeper = sweeperOf({ ...home, store });
    const reports = [];
    for (let sweeps = 0; sweeps < 3; sweeps++) {
      const sweeping = sweeper.sweep();
      await home.clock.advance("1h");
      reports.push(await sweeping);
    }
    expect(reports).toMatchObject([{ retrying: 1, blocked: 1 }, { blocked: 1 }, {}]);
  });
});
