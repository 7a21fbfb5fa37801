import assert from "node:assert/strict";
import type { RequestOptions } from "@keywhen/core/store";
import { bytesOf } from "../bodies.js";
import { type Room, randomName, type Theme } from "../room.js";

const MINUTE_MS = 60_000;

export const clock: Theme = {
  name: "clock",
  proofs: {
    "reports the store's time with each answer, if that is declared": async (room) => {
      await room.store.put(room.at("object"), bytesOf("body"));
      for (const [name, call] of Object.entries(answers(room))) {
        const reported: Date[] = [];
        await call({ onDate: (storeTime) => reported.push(storeTime) });
        proveReported(name, reported, room.store.capabilities.clock);
      }
    },
    "stamps objects with a time within a minute of ours": async ({ store, at, away }) => {
      await store.put(at("object"), bytesOf("body"));
      await store.copy(at("object"), away("copy"));
      for (const ref of [at("object"), away("copy")]) {
        const info = await store.head(ref);
        assert.ok(info !== undefined && isNear(info.lastModified), String(info?.lastModified));
      }
    },
  },
};

function answers({ store, at, away, buckets, prefix }: Room) {
  const nowhere = `conformance-${randomName()}`;
  return {
    put: (call: RequestOptions) => store.put(at("object"), bytesOf("body"), call),
    head: (call: RequestOptions) => store.head(at("object"), call),
    "head of nothing": (call: RequestOptions) => store.head(at("never"), call),
    get: async (call: RequestOptions) => (await store.get(at("object"), call))?.body.cancel(),
    "get of nothing": (call: RequestOptions) => store.get(at("never"), call),
    list: (call: RequestOptions) => store.list({ bucket: buckets[0], prefix }, call),
    copy: (call: RequestOptions) => store.copy(at("object"), away("copy"), call),
    "copy of nothing": (call: RequestOptions) => store.copy(at("never"), away("copy"), call),
    delete: (call: RequestOptions) => store.delete(buckets[0], [at("never").key], call),
    "list of a missing bucket": (call: RequestOptions) =>
      store.list({ bucket: nowhere }, call).catch(() => undefined),
    "put in a missing bucket": (call: RequestOptions) =>
      store.put({ bucket: nowhere, key: "key" }, bytesOf("body"), call).catch(() => undefined),
  };
}

function proveReported(
  name: string,
  reported: readonly Date[],
  declared: "store" | "shared" | "none",
) {
  if (declared !== "store") {
    assert.equal(
      reported.length,
      0,
      `${name} reports a time though the clock is declared ${declared}`,
    );
    return;
  }
  assert.ok(reported.length > 0, `${name} reports no time`);
  for (const time of reported)
    assert.ok(isNear(time), `${name} reports ${time}, it is ${new Date()}`);
}

function isNear(time: Date): boolean {
  return Math.abs(time.getTime() - Date.now()) < MINUTE_MS;
}
