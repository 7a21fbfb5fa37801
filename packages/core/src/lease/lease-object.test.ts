import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../store/object-store.js";
import { testSchedule } from "../test-support/test-schedule.js";
import { changeLease, readLease } from "./lease-object.js";
import { NO_HOLDERS } from "./lease-state.js";

const LEASE = { bucket: "schedule", key: "keywhen/lease/sweep.json" };
const { signal } = new AbortController();

/** The lease of a schedule in a store with these methods. */
function leaseIn(methods: Partial<ObjectStore> = {}) {
  const { clock, store, bucket } = testSchedule();
  const random = (bytes: number) => new Uint8Array(bytes);
  const place = { clock, bucket, random, leaseKey: LEASE.key, store: { ...store, ...methods } };
  const write = (text: string) => store.put(LEASE, new TextEncoder().encode(text));
  return { clock, store, place, write };
}

describe("changeLease()", () => {
  it("stops after twenty tries against other writers", async () => {
    let puts = 0;
    const put: ObjectStore["put"] = async () => {
      puts += 1;
      await write(`{"holders":[],"nonce":"${puts}"}`);
      return { outcome: "changed" };
    };
    const { clock, place, write } = leaseIn({ put });
    const change = () => ({ result: undefined, write: NO_HOLDERS });
    const refused = expect(changeLease(place, change, signal)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("each of 20 tries"),
    });
    await clock.advance("5m");
    await refused;
  });
});

describe("readLease()", () => {
  it("throws if the answer carries no time, because no lease can be counted by it", async () => {
    const { store } = leaseIn();
    const { place } = leaseIn({ get: (ref) => store.get(ref) });
    await expect(readLease(place, signal)).rejects.toMatchObject({
      code: "unexpected",
      operation: "get",
      message: expect.stringContaining("carries no readable time"),
    });
  });

  it("reports an object that is not a lease, and everything due by now is unclean", async () => {
    const { place, write } = leaseIn();
    await write("hello");
    let unreadable = 0;
    const onUnreadable = () => {
      unreadable += 1;
    };
    const { state, storeMs } = await readLease({ ...place, onUnreadable }, signal);
    expect([state, unreadable]).toEqual([{ ...NO_HOLDERS, uncleanMs: storeMs }, 1]);
    expect((await readLease(place, signal)).state.uncleanMs).toBe(storeMs);
  });
});
