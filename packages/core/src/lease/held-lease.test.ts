import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../store/object-store.js";
import {
  failFirst,
  NOON,
  storeError,
  type TestSchedule,
  testSchedule,
} from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";
import type { HeldLease } from "./held-lease.js";
import { takeLease } from "./take-lease.js";

const LEASE = { bucket: "schedule", key: "keywhen/lease/sweep.json" };
const NOON_MS = Date.parse(NOON);
const { signal } = new AbortController();
const ACCOUNT = { uncertainMs: undefined, attemptedAll: true, sweptThroughMs: undefined };

let taken = 0;

async function take(home: TestSchedule, store: ObjectStore = home.store, untilMs = NOON_MS) {
  const random = (bytes: number) => new Uint8Array(bytes).fill(taken++); // the shortest pauses, other names
  const place = { ...home, store, random, leaseKey: LEASE.key };
  const request = { untilMs, ttlMs: 60_000, onTop: true, label: undefined };
  const answer = await takeLease(place, request, signal);
  if (answer.outcome !== "taken") throw new Error("the lease is not free");
  return answer.lease;
}

async function read(
  home: TestSchedule,
): Promise<{ holders: { owner: string; expires: string }[] }> {
  const opened = await home.store.get(LEASE);
  return JSON.parse(await new Response(opened?.body).text());
}

const write = (home: TestSchedule, lease: object) =>
  home.store.put(LEASE, new TextEncoder().encode(JSON.stringify(lease)));

async function addDead(home: TestSchedule): Promise<void> {
  const { holders } = await read(home);
  const dead = {
    owner: "dead",
    until: "2026-12-24T11:00:00.000Z",
    expires: "2026-12-24T11:30:00.000Z",
  };
  await write(home, { holders: [dead, ...holders] });
}

const isLost = (lease: HeldLease) => lease.lostSignal.aborted;

describe("a lease that is held", () => {
  it("is renewed at half of its time, each time from then on", async () => {
    const home = testSchedule();
    const lease = await take(home);
    expect(lease.leftMs()).toBe(59_000);
    await home.clock.advance("29s");
    expect(lease.leftMs()).toBe(30_000);
    await home.clock.advance("1s");
    expect(lease.leftMs()).toBe(59_000);
    expect((await read(home)).holders).toMatchObject([{ expires: "2026-12-24T12:01:30.000Z" }]);
    await home.clock.advance("10m");
    expect(isLost(lease)).toBe(false);
    await lease.release(ACCOUNT, signal);
    await home.clock.advance("1s");
    expect(home.clock.sleepers).toBe(0);
  });

  it("is renewed though an answer is missing, and tries again every half second at most", async () => {
    const home = testSchedule();
    let puts = 0;
    const after = failFirst("put", 1, storeError("unavailable", "put"));
    const store = faultyStore(home.store, {
      after: (request) => {
        if (request.kind !== "put") return undefined;
        puts += 1;
        return puts === 1 ? undefined : after(request);
      },
    });
    const lease = await take(home, store);
    await home.clock.advance("31s");
    expect(puts).toBe(2); // the second was looked for and found
    expect(lease.leftMs()).toBeGreaterThan(57_000);
    await lease.release(ACCOUNT, signal);
  });

  it("is lost when it has not been renewed by a second before its end", async () => {
    const home = testSchedule();
    let isDown = false;
    const store = faultyStore(home.store, {
      before: ({ kind }) =>
        isDown && kind === "get" ? storeError("unavailable", kind) : undefined,
    });
    const lease = await take(home, store);
    isDown = true;
    await home.clock.advance("58s");
    expect([isLost(lease), Math.round(lease.leftMs())]).toEqual([false, 1_000]);
    await home.clock.advance("1s");
    expect([isLost(lease), lease.leftMs()]).toEqual([true, 0]);
    await home.clock.advance("1m");
    expect(home.clock.sleepers).toBe(0);
  });

  it("is lost, and not prolonged, if the machine slept while it was to be renewed", async () => {
    const home = testSchedule();
    let reads = 0;
    const get: ObjectStore["get"] = (...call) => {
      reads += 1;
      if (reads === 2) home.clock.set("2026-12-24T12:00:59Z"); // its timers come a moment later
      return home.store.get(...call);
    };
    const lease = await take(home, { ...home.store, get });
    await home.clock.advance("30s");
    expect([isLost(lease), reads]).toEqual([true, 2]);
    expect((await read(home)).holders).toMatchObject([{ expires: "2026-12-24T12:01:00.000Z" }]);
  });

  it("is lost at once if it may no longer be written, or if its entry is gone", async () => {
    const home = testSchedule();
    let isDenied = false;
    const store = faultyStore(home.store, {
      before: ({ kind }) => (isDenied && kind === "put" ? storeError("denied", kind) : undefined),
    });
    const lease = await take(home, store);
    isDenied = true;
    await home.clock.advance("31s");
    expect(isLost(lease)).toBe(true);

    const other = testSchedule();
    const gone = await take(other);
    await write(other, { holders: [] });
    await other.clock.advance("29s");
    expect(isLost(gone)).toBe(false);
    await other.clock.advance("1s");
    expect(isLost(gone)).toBe(true);
    expect((await read(other)).holders).toEqual([]); // and not put back
  });

  it("takes over what a dead holder below has left, when it looks", async () => {
    const home = testSchedule();
    const lease = await take(home);
    expect(lease.fromMs).toBe(Number.NEGATIVE_INFINITY);
    await addDead(home);
    await lease.refresh(signal);
    expect(lease.uncleanMs).toBe(Date.parse("2026-12-24T11:00:00.000Z"));
    expect((await read(home)).holders).toHaveLength(1);
    await lease.release(ACCOUNT, signal);
  });

  it("knows that it has counted out a dead holder though the answer is missing", async () => {
    const home = testSchedule();
    let puts = 0;
    const store = faultyStore(home.store, {
      after({ kind }) {
        if (kind === "put") puts += 1;
        return kind === "put" && puts === 2 ? storeError("unavailable", kind) : undefined;
      },
    });
    const lease = await take(home, store);
    await addDead(home);
    const looking = lease.refresh(signal);
    await home.clock.advance("1s");
    await looking;
    expect([puts, isLost(lease)]).toEqual([2, false]);
    await lease.release(ACCOUNT, signal);
  });

  it("writes nothing when it looks and all is as it was", async () => {
    const home = testSchedule();
    const lease = await take(home);
    const before = await home.store.head(LEASE);
    await lease.refresh(signal);
    expect((await home.store.head(LEASE))?.version).toBe(before?.version);
    await lease.release(ACCOUNT, signal);
  });

  it("is lost if it looks and finds itself gone, or dead by the store's time", async () => {
    const gone = testSchedule();
    const first = await take(gone);
    await write(gone, { holders: [] });
    await first.refresh(signal);
    expect(isLost(first)).toBe(true);

    const dead = testSchedule();
    const second = await take(dead);
    const { holders } = await read(dead);
    await write(dead, { holders: [{ ...holders[0], expires: "2026-12-24T11:59:00.000Z" }] });
    await second.refresh(signal);
    expect([isLost(second), second.leftMs()]).toEqual([true, 0]);
  });
});

describe("release()", () => {
  it("leaves the account for the next holder, and ends the renewing", async () => {
    const home = testSchedule();
    const lease = await take(home);
    await lease.release({ ...ACCOUNT, sweptThroughMs: NOON_MS - 1_000 }, signal);
    expect(await read(home)).toMatchObject({
      holders: [],
      sweptThrough: "2026-12-24T11:59:59.000Z",
    });
    await home.clock.advance("2m");
    expect([isLost(lease), home.clock.sleepers]).toEqual([false, 0]);
  });

  it("writes nothing if the lease is lost, or somebody has removed the entry", async () => {
    const home = testSchedule();
    const lease = await take(home);
    await write(home, { holders: [] });
    const before = await home.store.head(LEASE);
    await lease.release(ACCOUNT, signal);
    await lease.refresh(signal);
    expect((await home.store.head(LEASE))?.version).toBe(before?.version);
    expect(isLost(lease)).toBe(false); // it had let go already
  });

  it("is found carried out though its answer is missing", async () => {
    const home = testSchedule();
    let puts = 0;
    const store = faultyStore(home.store, {
      after({ kind }) {
        if (kind === "put") puts += 1;
        return kind === "put" && puts === 2 ? storeError("unavailable", kind) : undefined;
      },
    });
    const lease = await take(home, store);
    const releasing = lease.release(ACCOUNT, signal);
    await home.clock.advance("1s");
    await releasing;
    expect([puts, (await read(home)).holders]).toEqual([2, []]);
  });

  it("ends with its signal, and when the lease does", async () => {
    const home = testSchedule();
    let isDown = false;
    const get: ObjectStore["get"] = (ref, call) =>
      isDown
        ? new Promise((_, reject) => onAbortReject(call?.signal, reject))
        : home.store.get(ref, call);
    const store = { ...home.store, get };
    const [one, other] = [await take(home, store, NOON_MS), await take(home, store, NOON_MS + 1)];
    isDown = true;
    const abort = new AbortController();
    const aborted = expect(one.release(ACCOUNT, abort.signal)).rejects.toMatchObject({
      code: "aborted",
    });
    abort.abort();
    await aborted;
    const ended = expect(other.release(ACCOUNT, signal)).rejects.toMatchObject({ code: "aborted" });
    await home.clock.advance("1m");
    await ended;
    expect(home.clock.sleepers).toBe(0);
  });
});

function onAbortReject(signal: AbortSignal | undefined, reject: (error: Error) => void): void {
  signal?.addEventListener("abort", () => reject(storeError("aborted", "get")));
}
