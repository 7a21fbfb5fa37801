import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../store/object-store.js";
import {
  failFirst,
  storeError,
  type TestSchedule,
  testSchedule,
} from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";
import { changeLease, type LeaseChange, readLease } from "./lease-object.js";
import { type LeaseState, NO_HOLDERS } from "./lease-state.js";

const LEASE = "keywhen/lease/sweep.json";
const { signal } = new AbortController();

function placeOf(home: TestSchedule, store: ObjectStore = home.store) {
  const random = (bytes: number) => new Uint8Array(bytes);
  return { ...home, store, random, leaseKey: LEASE };
}

/** Adds one holder, who is known again by his name. */
function enter(owner: string, untilMs = 0) {
  const decide = ({ state }: { state: LeaseState }): LeaseChange<string> => {
    const holder = { owner, untilMs, expiresMs: 0 };
    const next = { ...state, holders: [...state.holders, holder] };
    const isIn = (later: LeaseState) => later.holders.some((one) => one.owner === owner);
    return { result: `${owner} is in`, write: { state: next, isIn } };
  };
  return decide;
}

async function holdersIn(home: TestSchedule): Promise<string[]> {
  const { state } = await readLease(placeOf(home), signal);
  return state.holders.map(({ owner }) => owner);
}

describe("changeLease()", () => {
  it("writes nothing if there is nothing to change", async () => {
    const home = testSchedule();
    const result = await changeLease(placeOf(home), () => ({ result: "as it is" }), signal);
    expect(result).toBe("as it is");
    expect(await home.store.head({ bucket: "schedule", key: LEASE })).toBeUndefined();
  });

  it("decides anew if somebody wrote in between", async () => {
    const home = testSchedule();
    let reads = 0;
    const get: ObjectStore["get"] = async (ref, call) => {
      const opened = await home.store.get(ref, call);
      reads += 1;
      if (reads === 1) await changeLease(placeOf(home), enter("other"), signal);
      return opened;
    };
    const changing = changeLease(placeOf(home, { ...home.store, get }), enter("me"), signal);
    await home.clock.advance("1s");
    expect([await changing, reads]).toEqual(["me is in", 2]);
    expect(await holdersIn(home)).toEqual(["other", "me"]);
  });

  it("knows its own write again whose answer is missing, and writes it once", async () => {
    const home = testSchedule();
    const after = failFirst("put", 1, storeError("unavailable", "put"));
    const changing = changeLease(
      placeOf(home, faultyStore(home.store, { after })),
      enter("me"),
      signal,
    );
    await home.clock.advance("1s");
    expect(await changing).toBe("me is in");
    expect(await holdersIn(home)).toEqual(["me"]);
  });

  it("tries again what the store had no time for, and throws what it refuses", async () => {
    const home = testSchedule();
    const withFault = (code: "throttled" | "denied" | "aborted") => {
      const before = failFirst("put", 1, storeError(code, "put"));
      return changeLease(placeOf(home, faultyStore(home.store, { before })), enter(code), signal);
    };
    const busy = withFault("throttled");
    await home.clock.advance("1s");
    expect(await busy).toBe("throttled is in");
    await expect(withFault("denied")).rejects.toMatchObject({ code: "denied" });
    await expect(withFault("aborted")).rejects.toMatchObject({ code: "aborted" });
    expect(await holdersIn(home)).toEqual(["throttled"]);
  });

  it.each([
    ["unavailable", false],
    ["unavailable", true],
    ["unexpected", true],
  ] as const)(
    "stops soon with the store's own words: %s, undecided %s",
    async (code, undecided) => {
      const home = testSchedule();
      const full = storeError(code, "put", { undecided });
      const before = failFirst("put", Number.POSITIVE_INFINITY, full);
      let puts = 0;
      const store = faultyStore(home.store, {
        before: (request) => {
          if (request.kind === "put") puts += 1;
          return before(request);
        },
      });
      const startMs = home.clock.now();
      let tookMs = Number.POSITIVE_INFINITY;
      const changing = changeLease(placeOf(home, store), enter("me"), signal).finally(() => {
        tookMs = home.clock.now() - startMs;
      });
      const stopped = expect(changing).rejects.toBe(full);
      await home.clock.advance("5m");
      await stopped;
      expect(puts).toBe(5);
      expect(tookMs).toBeLessThan(2_000);
    },
  );

  it("passes on at once what the store can't do at all", async () => {
    const home = testSchedule();
    const versioned = storeError("not-supported", "put");
    const store = faultyStore(home.store, { before: failFirst("put", 1, versioned) });
    const changing = changeLease(placeOf(home, store), enter("me"), signal);
    await expect(changing).rejects.toBe(versioned);
  });

  it("goes on through throttling, as only every few writes may come through", async () => {
    const home = testSchedule();
    const before = failFirst("put", 12, storeError("throttled", "put"));
    const changing = changeLease(
      placeOf(home, faultyStore(home.store, { before })),
      enter("me"),
      signal,
    );
    await home.clock.advance("5m");
    expect(await changing).toBe("me is in");
  });

  it.each(["changed", "exists"] as const)(
    "says that conditions don't work if a put is answered %s and nothing has changed",
    async (outcome) => {
      const home = testSchedule();
      if (outcome === "changed") await changeLease(placeOf(home), enter("elder"), signal);
      const put: ObjectStore["put"] = async () => ({ outcome });
      const changing = changeLease(placeOf(home, { ...home.store, put }), enter("me"), signal);
      const refused = expect(changing).rejects.toMatchObject({
        code: "not-supported",
        message: expect.stringContaining("its conditional puts do not work here"),
      });
      await home.clock.advance("5s");
      await refused;
    },
  );

  it("stops with the store's words, not with the abort, if it is aborted between two tries", async () => {
    const home = testSchedule();
    const abort = new AbortController();
    const full = storeError("unavailable", "put", { undecided: false });
    const store = faultyStore(home.store, { before: failFirst("put", 1, full) });
    const changing = changeLease(placeOf(home, store), enter("me"), abort.signal);
    const stopped = expect(changing).rejects.toBe(full);
    await home.clock.advance("1ms");
    abort.abort();
    await stopped;
  });

  it("gives up after twenty tries against other writers", async () => {
    const home = testSchedule();
    let puts = 0;
    const put: ObjectStore["put"] = async (ref) => {
      puts += 1;
      await home.store.put(ref, new TextEncoder().encode(`{"holders":[],"nonce":"${puts}"}`));
      return { outcome: "changed" };
    };
    const changing = changeLease(placeOf(home, { ...home.store, put }), enter("me"), signal);
    const refused = expect(changing).rejects.toMatchObject({
      code: "conflict",
      operation: "put",
      key: LEASE,
      message: expect.stringContaining("20 tries met other writers"),
    });
    await home.clock.advance("5m");
    await refused;
    expect(puts).toBe(20);
  });

  it("writes JSON, with another text each time: a version may be a hash of it", async () => {
    const home = testSchedule();
    let byte = 0;
    const place = { ...placeOf(home), random: (n: number) => new Uint8Array(n).fill(byte++) };
    const versions = new Set<string>();
    for (let times = 0; times < 2; times++) {
      await changeLease(place, ({ state }) => writeAgain(state), signal);
      const opened = await home.store.get({ bucket: "schedule", key: LEASE });
      expect(opened?.contentType).toBe("application/json");
      versions.add(await new Response(opened?.body).text());
    }
    expect(versions.size).toBe(2);
  });
});

function writeAgain(state: LeaseState): LeaseChange<undefined> {
  return { result: undefined, write: { state, isIn: () => false } };
}

describe("readLease()", () => {
  it("counts from before the question was sent, by the store's time of the answer", async () => {
    const home = testSchedule();
    const get: ObjectStore["get"] = async (...call) => {
      await home.clock.sleep(2_500);
      return home.store.get(...call);
    };
    const reading = readLease(placeOf(home, { ...home.store, get }), signal);
    await home.clock.advance("3s");
    const { state, storeMs, elapsedMs, condition } = await reading;
    expect([state, condition]).toEqual([NO_HOLDERS, { if: "absent" }]);
    expect(new Date(storeMs).toISOString()).toBe("2026-12-24T12:00:02.500Z");
    expect(elapsedMs()).toBe(3_000);
  });

  it("takes this machine's time from before the question where one clock serves", async () => {
    const home = testSchedule({ clock: "shared" });
    const get: ObjectStore["get"] = async (ref, call) => {
      await home.clock.sleep(2_000);
      call?.onDate?.(new Date(0)); // told all the same
      return home.store.get(ref, call);
    };
    const startMs = home.clock.now();
    const reading = readLease(placeOf(home, { ...home.store, get }), signal);
    await home.clock.advance("3s");
    expect((await reading).storeMs).toBe(startMs);
  });

  it("can't count a lease by an answer without a time", async () => {
    const home = testSchedule();
    const get: ObjectStore["get"] = (ref) => home.store.get(ref);
    const reading = readLease(placeOf(home, { ...home.store, get }), signal);
    await expect(reading).rejects.toMatchObject({
      code: "unexpected",
      operation: "get",
      message: expect.stringContaining("carries no time, so no lease can be counted"),
    });
  });

  it("tells of what is no lease, and takes everything due by now for unclean", async () => {
    const home = testSchedule();
    await home.store.put({ bucket: "schedule", key: LEASE }, new TextEncoder().encode("hello"));
    let unreadable = 0;
    const onUnreadable = () => {
      unreadable += 1;
    };
    const { state, storeMs } = await readLease({ ...placeOf(home), onUnreadable }, signal);
    expect([state, unreadable]).toEqual([{ ...NO_HOLDERS, uncleanMs: storeMs }, 1]);
    expect((await readLease(placeOf(home), signal)).state.uncleanMs).toBe(storeMs);
  });
});
