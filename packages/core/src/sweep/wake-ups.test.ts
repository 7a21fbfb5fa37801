import { describe, expect, it } from "vitest";
import { wakeUpId } from "../key/wake-up-id.js";
import type { SweepEvent } from "../report/sweep-event.js";
import { type StoreRequest, wrapStore } from "../requests/wrap-store.js";
import type { ObjectStore } from "../store/object-store.js";
import type { Destination, DestinationEvent } from "../targets/destination.js";
import {
  keysOf,
  storeError,
  sweeperOf,
  testSchedule,
  waitingIn,
  writeByHand,
} from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";
import type { SweeperOptions } from "./create-sweeper.js";
import type { WakeUps, WakeUpTurn } from "./wake-ups.js";

const DUE_MS = Date.parse("2026-12-24T11:59Z");

/** The id of a wake-up of the schedule `daily`, due a minute ago. */
function wakeUp(
  occurrence: string,
  { atMs = DUE_MS, token = "gggggggg", bucket = "out" } = {},
): string {
  return wakeUpId({ atMs, to: { bucket, key: "k" }, name: "daily", occurrence, token });
}

const FIRST = wakeUp("first");

async function withWakeUp(id = FIRST, schedule = testSchedule({ move: true })) {
  await store(schedule.store, id);
  return schedule;
}

async function store(to: ObjectStore, id: string): Promise<void> {
  const [, , , deliveryId = ""] = id.split("|");
  const metadata = { "keywhen-id": deliveryId.slice(0, -9), "keywhen-at": id.slice(0, 24) };
  await to.put({ bucket: "schedule", key: `keywhen/pending/${id}` }, new Uint8Array(), {
    metadata,
  });
}

/** Wake-ups that all deliver, and record the order of what is done. */
function recordedWakeUps(turn: Partial<WakeUpTurn> = {}): WakeUps & { readonly done: string[] } {
  const done: string[] = [];
  return {
    done,
    async begin({ name, occurrence }) {
      done.push(`begin ${name}@${occurrence}`);
      return {
        delivers: true,
        ...turn,
        complete(signal) {
          done.push(`complete ${occurrence}`);
          return turn.complete?.(signal) ?? Promise.resolve(undefined);
        },
      };
    },
  };
}

async function sweepOnce(
  schedule: ReturnType<typeof testSchedule>,
  wakeUps: WakeUps | undefined,
  options: Partial<SweeperOptions> = {},
) {
  const events: SweepEvent[] = [];
  const observe = (event: SweepEvent) => void events.push(event);
  const report = await sweeperOf(schedule, { wakeUps, observe, ...options }).sweep();
  return { report, types: events.map(({ type }) => type) };
}

describe("a due wake-up", () => {
  it("is left alone by a sweeper without wakeUps, and counted", async () => {
    const schedule = await withWakeUp();
    const { report, types } = await sweepOnce(schedule, undefined);
    expect(report).toMatchObject({ due: 0, wakeUpsLeft: 1, unrecognized: 0 });
    expect(types).toContain("wake-up-left");
    expect(await waitingIn(schedule.store)).toEqual([FIRST]);
  });

  it("is counted once by a sweep that lists again", async () => {
    const schedule = await withWakeUp();
    const left: SweepEvent[] = [];
    const observe = (event: SweepEvent) => void (event.type === "wake-up-left" && left.push(event));
    const sweep = sweeperOf(schedule, { observe }).sweep({ lookAhead: "1m", poll: "5s" });
    await schedule.clock.advance("3m");
    expect(await sweep).toMatchObject({ wakeUpsLeft: 1 });
    expect(left).toHaveLength(1);
  });

  it("is copied, then completed, and only then deleted", async () => {
    const schedule = await withWakeUp();
    const wakeUps = recordedWakeUps({
      async complete() {
        expect(await keysOf(schedule.store, "out")).toEqual(["k"]);
        expect(await waitingIn(schedule.store)).toEqual([FIRST]);
        return undefined;
      },
    });
    const { report } = await sweepOnce(schedule, wakeUps);
    expect(report).toMatchObject({ due: 1, delivered: 1, errors: [] });
    expect(wakeUps.done).toEqual(["begin daily@first", "complete first"]);
    expect(await waitingIn(schedule.store)).toEqual([]);
  });

  it("begins with the schedule, its store and the sweep's clock", async () => {
    const schedule = await withWakeUp();
    const begun: unknown[] = [];
    const begin: WakeUps["begin"] = async (wakeUp, sweep) => {
      const { key } = wakeUp.to;
      const stored = await sweep.store.head({
        bucket: "schedule",
        key: `keywhen/pending/${FIRST}`,
      });
      begun.push([wakeUp.id, key, sweep.schedule.bucket, stored?.size, sweep.now()]);
      return recordedWakeUps().begin(wakeUp, sweep);
    };
    await sweepOnce(schedule, { begin });
    expect(begun).toEqual([[FIRST, "k", "schedule", 0, DUE_MS + 60_000]]);
  });

  it("is copied without a look at its target if it was stored before its instant", async () => {
    const schedule = await withWakeUp(wakeUp("first", { atMs: DUE_MS + 90_000 }));
    await schedule.clock.advance("1m");
    const { report } = await sweepOnce(schedule, recordedWakeUps());
    expect(report).toMatchObject({ delivered: 1, requests: { copy: 1, head: 0 } });
  });

  it("is delivered next to events, which are moved as ever", async () => {
    const schedule = await withWakeUp();
    await writeByHand(schedule.store, "2026-12-24T11:59:00.000Z|out|event|id");
    const { report } = await sweepOnce(schedule, recordedWakeUps());
    expect(report).toMatchObject({ delivered: 2, requests: { copy: 1, move: 1 } });
  });

  it("is delivered by the destination that its target bucket names", async () => {
    const schedule = await withWakeUp();
    const received: string[] = [];
    const deliver: Destination["deliver"] = async ({ key, deliveryId }) => {
      received.push(`${key} ${deliveryId}`);
      return { outcome: "delivered" };
    };
    const wakeUps = recordedWakeUps();
    const { report } = await sweepOnce(schedule, wakeUps, { destinations: { out: { deliver } } });
    expect(report).toMatchObject({ delivered: 1, requests: { copy: 0 } });
    expect([received, wakeUps.done[1]]).toEqual([["k daily@first"], "complete first"]);
  });

  it("is handed to its destination, then completed, and only then deleted", async () => {
    const schedule = await withWakeUp();
    const wakeUps = recordedWakeUps();
    const deliver = async ({ deliveryId, key }: DestinationEvent) => {
      wakeUps.done.push(`deliver ${deliveryId} ${key}`);
      expect(await waitingIn(schedule.store)).toEqual([FIRST]);
      return { outcome: "delivered" } as const;
    };
    const { report } = await sweepOnce(schedule, wakeUps, { destinations: { out: { deliver } } });
    expect(report).toMatchObject({ due: 1, delivered: 1, errors: [] });
    expect(wakeUps.done).toEqual(["begin daily@first", "deliver daily@first k", "complete first"]);
    expect(await keysOf(schedule.store, "out")).toEqual([]);
    expect(await waitingIn(schedule.store)).toEqual([]);
  });

  it("stays if its destination fails, which is called again a minute later", async () => {
    const schedule = await withWakeUp();
    const wakeUps = recordedWakeUps();
    const times: string[] = [];
    const deliver = async ({ mayBeRepeat }: DestinationEvent) => {
      times.push(`${new Date(schedule.clock.now()).toISOString().slice(14, 19)} ${mayBeRepeat}`);
      return times.length === 1
        ? ({ outcome: "failed", message: "no" } as const)
        : ({ outcome: "delivered" } as const);
    };
    const sweeper = sweeperOf(schedule, { wakeUps, destinations: { out: { deliver } } });
    const sweeping = sweeper.sweep({ lookAhead: "1m" });
    await schedule.clock.advance("3m");
    expect(await sweeping).toMatchObject({ delivered: 1 });
    expect(times).toEqual(["00:00 true", "01:00 true"]); // it was armed late, so another sweep may have tried it
    expect(await waitingIn(schedule.store)).toEqual([]);
  });

  it("is completed and deleted without a delivery if it is void", async () => {
    const schedule = await withWakeUp();
    const { report } = await sweepOnce(schedule, recordedWakeUps({ delivers: false }));
    expect(report).toMatchObject({ due: 1, delivered: 0, passedOver: 1 });
    expect(await keysOf(schedule.store, "out")).toEqual([]);
    expect(await waitingIn(schedule.store)).toEqual([]);
  });

  it("stays if its occurrence can't be read", async () => {
    const schedule = await withWakeUp();
    const wakeUps = { begin: () => Promise.reject(storeError("throttled", "put")) };
    const { report } = await sweepOnce(schedule, wakeUps);
    expect(report).toMatchObject({ delivered: 0, retrying: 1 });
    expect(await waitingIn(schedule.store)).toEqual([FIRST]);
  });

  it("stays if it can't be completed, and is looked for at its target by the next sweep", async () => {
    const schedule = await withWakeUp();
    const complete = () => Promise.reject(storeError("throttled", "put"));
    const first = await sweepOnce(schedule, recordedWakeUps({ complete }));
    expect(first.report).toMatchObject({ delivered: 0, undecided: 1 });
    expect(first.report.errors[0]?.message).toContain("its occurrence was delivered");
    schedule.clock.set("2026-12-24T12:01Z");
    const wakeUps = recordedWakeUps();
    const second = await sweepOnce(schedule, wakeUps);
    expect(second.report).toMatchObject({ delivered: 0, alreadyDelivered: 1 });
    expect(wakeUps.done).toEqual(["begin daily@first", "complete first"]);
    expect(await waitingIn(schedule.store)).toEqual([]);
  });

  it("that is void stays as failed if it can't be completed", async () => {
    const schedule = await withWakeUp();
    const complete = () => Promise.reject(storeError("throttled", "put"));
    const { report } = await sweepOnce(schedule, recordedWakeUps({ delivers: false, complete }));
    expect(report).toMatchObject({ retrying: 1, undecided: 0 });
  });

  it("that is gone before the copy is not completed", async () => {
    const schedule = await withWakeUp();
    const wakeUps = recordedWakeUps();
    const begin: WakeUps["begin"] = async (wakeUp, sweep) => {
      await schedule.store.delete("schedule", [`keywhen/pending/${FIRST}`]);
      return wakeUps.begin(wakeUp, sweep);
    };
    const { report } = await sweepOnce(schedule, { begin });
    expect(report).toMatchObject({ gone: 1 });
    expect(wakeUps.done).toEqual(["begin daily@first"]);
  });

  it("is not tried when the sweep has ended", async () => {
    const schedule = await withWakeUp();
    const controller = new AbortController();
    const wakeUps = recordedWakeUps();
    const observe = (event: SweepEvent) => {
      if (event.type === "lease-taken") controller.abort();
    };
    const sweeper = sweeperOf(schedule, { wakeUps, observe });
    const report = await sweeper.sweep({ signal: controller.signal });
    expect(report).toMatchObject({ delivered: 0, truncated: "aborted" });
    expect(wakeUps.done).toEqual([]);
  });

  it("is untried if the sweep ends while its occurrence is read", async () => {
    const schedule = await withWakeUp();
    const controller = new AbortController();
    const begin = () => {
      controller.abort();
      return Promise.reject(storeError("aborted", "get"));
    };
    const sweeper = sweeperOf(schedule, { wakeUps: { begin } });
    const report = await sweeper.sweep({ signal: controller.signal });
    expect(report).toMatchObject({ delivered: 0, retrying: 0, firstUntriedId: FIRST });
  });

  it("that was stored after its instant is looked for at its target", async () => {
    const schedule = await withWakeUp();
    await store(schedule.store, wakeUp("first", { token: "hhhhhhhh" }));
    const { report } = await sweepOnce(schedule, recordedWakeUps());
    expect(report).toMatchObject({ due: 2, delivered: 1, alreadyDelivered: 1 });
  });

  it("has a successor that is delivered by the same sweep if it is due", async () => {
    const schedule = await withWakeUp();
    const second = wakeUp("second", { atMs: DUE_MS + 1_000, token: "hhhhhhhh" });
    const later = wakeUp("later", { atMs: DUE_MS + 3_600_000, token: "iiiiiiii" });
    const next = [second, later];
    const complete = async () => {
      const id = next.shift() ?? "";
      await store(schedule.store, id);
      return { key: `keywhen/pending/${id}`, size: 0, lastModified: new Date(DUE_MS) };
    };
    const { report } = await sweepOnce(schedule, recordedWakeUps({ complete }));
    expect(report).toMatchObject({ due: 2, delivered: 2 });
    expect(await waitingIn(schedule.store)).toEqual([later]);
  });

  it("has a successor that is delivered once, even if an older page of the listing shows it afterwards", async () => {
    const schedule = await withWakeUp(wakeUp("first", { atMs: DUE_MS + 66_000 }));
    const second = wakeUp("second", { atMs: DUE_MS + 66_500, token: "hhhhhhhh" });
    let lists = 0;
    const listing = wrapStore(schedule.store, async ({ kind }, call, send) => {
      const isSlow = kind === "list" && ++lists === 2; // at 12:00:05
      if (!isSlow) return send(call);
      await schedule.clock.sleep(1_200); // the first has been delivered, and the second is stored
      const page = await send(call);
      await schedule.clock.sleep(1_800); // the second has been delivered and deleted
      return page;
    });
    const wakeUps = recordedWakeUps({
      async complete() {
        if (wakeUps.done.length > 2) return undefined;
        await store(schedule.store, second);
        return { key: `keywhen/pending/${second}`, size: 0, lastModified: new Date(DUE_MS) };
      },
    });
    const sweeper = sweeperOf({ ...schedule, store: listing }, { wakeUps });
    const sweeping = sweeper.sweep({ lookAhead: "1m", poll: "5s" });
    await schedule.clock.advance("3m");
    expect(await sweeping).toMatchObject({ due: 2, delivered: 2, gone: 0 });
    const turns = ["first", "second"].flatMap((name) => [
      `begin daily@${name}`,
      `complete ${name}`,
    ]);
    expect(wakeUps.done).toEqual(turns);
  });

  it("has a successor that waits for the next sweep if this one is to stop", async () => {
    const schedule = await withWakeUp();
    const controller = new AbortController();
    const second = wakeUp("second", { atMs: DUE_MS + 1_000, token: "hhhhhhhh" });
    const complete = async () => {
      controller.abort();
      await store(schedule.store, second);
      return { key: `keywhen/pending/${second}`, size: 0, lastModified: new Date(DUE_MS) };
    };
    const sweeper = sweeperOf(schedule, { wakeUps: recordedWakeUps({ complete }) });
    const report = await sweeper.sweep({ signal: controller.signal });
    expect(report).toMatchObject({ due: 1, delivered: 1, truncated: "aborted" });
    expect(await waitingIn(schedule.store)).toEqual([second]);
  });

  it("is tried once a minute by a sweep that lists again, if it fails", async () => {
    const schedule = await withWakeUp();
    const triedMs: number[] = [];
    const begin = () => {
      triedMs.push(schedule.clock.now());
      return Promise.reject(storeError("throttled", "put"));
    };
    const sweep = sweeperOf(schedule, { wakeUps: { begin } }).sweep({
      lookAhead: "2m",
      poll: "5s",
    });
    await schedule.clock.advance("5m");
    expect(await sweep).toMatchObject({ delivered: 0 });
    const pauses = triedMs.slice(1).map((atMs, index) => atMs - (triedMs[index] ?? 0));
    expect(pauses.length).toBeGreaterThan(1);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(60_000);
  });

  it("is tried by each sweep, however often it has failed", async () => {
    const schedule = await withWakeUp();
    const before = ({ kind }: StoreRequest) =>
      kind === "copy" ? storeError("denied", "copy") : undefined;
    const failing = { ...schedule, store: faultyStore(schedule.store, { before }) };
    for (let sweeps = 1; sweeps <= 8; sweeps++) {
      const { report } = await sweepOnce(failing, recordedWakeUps());
      expect(report).toMatchObject({ retrying: 1, requests: { copy: 1 } });
      await schedule.clock.advance("1m");
    }
  });

  it("waits for another one of its schedule, even if that has another target", async () => {
    const schedule = await withWakeUp();
    const other = wakeUpId({
      ...{ atMs: DUE_MS, to: { bucket: "out", key: "other" }, name: "daily" },
      ...{ occurrence: "first", token: "hhhhhhhh" },
    });
    await store(schedule.store, other);
    let underWay = 0;
    const begin = async () => {
      underWay += 1;
      expect(underWay).toBe(1);
      const complete = async () => {
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return undefined;
      };
      return { delivers: true, complete };
    };
    const { report } = await sweepOnce(schedule, { begin });
    expect(report).toMatchObject({ delivered: 2, errors: [] });
  });

  it("that leads to the same successor as another one does not multiply it", async () => {
    const schedule = await withWakeUp();
    await store(schedule.store, wakeUp("first", { token: "hhhhhhhh" }));
    const valid = wakeUp("second", { atMs: DUE_MS + 1_000, token: "iiiiiiii" });
    const complete = async () => {
      await store(schedule.store, valid);
      return { key: `keywhen/pending/${valid}`, size: 0, lastModified: new Date(DUE_MS) };
    };
    const { report } = await sweepOnce(schedule, recordedWakeUps({ delivers: false, complete }));
    expect(report).toMatchObject({ passedOver: 3 });
  });

  it("goes to the dead letters as an event if its target is not allowed, and is completed", async () => {
    const schedule = await withWakeUp(wakeUp("first", { bucket: "secret" }));
    await store(schedule.store, wakeUp("other"));
    const wakeUps = recordedWakeUps();
    const { report } = await sweepOnce(schedule, wakeUps, { allowTargets: ["out/*"] });
    expect(report).toMatchObject({ delivered: 1, dead: 1 });
    expect(wakeUps.done).toContain("complete first");
    const prefix = "keywhen/dead/";
    const { objects } = await schedule.store.list({ bucket: "schedule", prefix });
    expect(objects.map(({ key }) => key.slice(prefix.length))).toEqual([
      wakeUp("first", { bucket: "secret" }).slice(0, -9),
    ]);
  });

  it("that is void is no dead letter, even if its target is not allowed", async () => {
    const schedule = await withWakeUp(wakeUp("first", { bucket: "secret" }));
    await store(schedule.store, wakeUp("other"));
    const wakeUps = recordedWakeUps({ delivers: false });
    const { report } = await sweepOnce(schedule, wakeUps, { allowTargets: ["out/*"] });
    expect(report).toMatchObject({ dead: 0, passedOver: 2 });
    expect(wakeUps.done.filter((done) => done.startsWith("complete"))).toHaveLength(2);
    expect(await waitingIn(schedule.store)).toEqual([]);
  });

  it("whose dead letter can't be stored stays, and is not completed", async () => {
    const memory = testSchedule();
    const before = ({ kind, bucket }: StoreRequest) =>
      kind === "copy" && bucket === "schedule" ? storeError("denied", "copy") : undefined;
    const schedule = { ...memory, store: faultyStore(memory.store, { before }) };
    await store(schedule.store, wakeUp("first", { bucket: "secret" }));
    await store(schedule.store, wakeUp("other"));
    const wakeUps = recordedWakeUps();
    const { report } = await sweepOnce(schedule, wakeUps, { allowTargets: ["out/*"] });
    expect(report).toMatchObject({ delivered: 1, dead: 0 });
    expect(wakeUps.done).not.toContain("complete first");
  });

  it("whose dead letter can't be completed stays", async () => {
    const schedule = await withWakeUp(wakeUp("first", { bucket: "secret" }));
    await store(schedule.store, wakeUp("other"));
    const complete = () => Promise.reject(storeError("throttled", "put"));
    const wakeUps = recordedWakeUps({ complete });
    const { report } = await sweepOnce(schedule, wakeUps, { allowTargets: ["out/*"] });
    expect(report).toMatchObject({ dead: 0 });
    expect(await waitingIn(schedule.store)).toHaveLength(2);
  });
});

describe("wakeUps", () => {
  it("must be an object that begins turns", () => {
    expect(() => sweeperOf(testSchedule(), { wakeUps: {} as never })).toThrow(
      "wakeUps must be what recurringWakeUps() of @keywhen/recurring returns (got an object).",
    );
  });
});
