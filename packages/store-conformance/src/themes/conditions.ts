import assert from "node:assert/strict";
import type { ObjectRef, ObjectStore, PutCondition, PutResult } from "@keywhen/core/store";
import { isStoreError } from "@keywhen/core/store";
import { bytesOf, streamOf, textAt } from "../bodies.js";
import { isUndecidedRace, refuses } from "../refusals.js";
import type { Proof, Room, Theme } from "../room.js";

const ABSENT = { if: "absent" } as const;
const RACERS = 32;

export const conditions: Theme = {
  name: "conditions",
  proofs: {
    "puts if absent, or refuses to": ifAbsent(async ({ store, at }) => {
      assert.equal((await putIf(store, at("object"), "first", ABSENT)).outcome, "written");
      assert.deepEqual(await putIf(store, at("object"), "second", ABSENT), { outcome: "exists" });
      assert.equal(await textAt(store, at("object")), "first");
    }),
    "puts if absent again after a delete": ifAbsent(async ({ store, at }) => {
      await putIf(store, at("object"), "first", ABSENT);
      await store.delete(at("object").bucket, [at("object").key]);
      assert.equal((await putIf(store, at("object"), "second", ABSENT)).outcome, "written");
      assert.equal(await textAt(store, at("object")), "second");
    }),
    "lets one of 32 racing puts if absent win": ifAbsent(async ({ store, at }) => {
      const winner = await race(store, at("object"), ABSENT, "exists");
      assert.equal(await textAt(store, at("object")), winner);
      assert.deepEqual(await putIf(store, at("object"), "late", ABSENT), { outcome: "exists" });
    }),
    "puts a stream of known size if absent": ifAbsent(async ({ store, at }) => {
      const put = (text: string) =>
        store.put(at("object"), streamOf([bytesOf(text)]), {
          size: text.length,
          condition: ABSENT,
        });
      assert.equal((await put("first")).outcome, "written");
      assert.deepEqual(await put("second"), { outcome: "exists" });
      assert.equal(await textAt(store, at("object")), "first");
    }),
    "puts a stream of unknown size if absent, or refuses to": ifAbsent(async ({ store, at }) => {
      await store.put(at("taken"), bytesOf("first"));
      for (const [name, outcome, text, untouched] of [
        ["free", "written", "second", undefined],
        ["taken", "exists", "first", "first"],
      ] as const) {
        const call = store.put(at(name), streamOf([bytesOf("second")]), { condition: ABSENT });
        const put = await call.catch(supportedOrThrow);
        if (put === undefined) assert.equal(await textAt(store, at(name)), untouched);
        else assert.deepEqual([put.outcome, await textAt(store, at(name))], [outcome, text]);
      }
    }),
    "puts if the version is still the same, or refuses to": ifVersion(async ({ store, at }) => {
      const first = versionOf(await store.put(at("object"), bytesOf("1")));
      const second = versionOf(await putIf(store, at("object"), "2", sameAs(first)));
      assert.deepEqual(await putIf(store, at("object"), "late", sameAs(first)), CHANGED);
      assert.equal(await textAt(store, at("object")), "2");
      const third = versionOf(await putIf(store, at("object"), "3", sameAs(second)));
      assert.equal((await store.head(at("object")))?.version, third);
      assert.equal(await textAt(store, at("object")), "3");
    }),
    "takes the version of head and of get": ifVersion(async ({ store, at }) => {
      await store.put(at("object"), bytesOf("1"));
      const head = await store.head(at("object"));
      assert.ok(head);
      versionOf(await putIf(store, at("object"), "2", sameAs(head.version)));
      const opened = await store.get(at("object"));
      await opened?.body.cancel();
      assert.ok(opened);
      versionOf(await putIf(store, at("object"), "3", sameAs(opened.version)));
    }),
    "calls a missing object changed": ifVersion(async ({ store, at }) => {
      const gone = versionOf(await store.put(at("object"), bytesOf("1")));
      await store.delete(at("object").bucket, [at("object").key]);
      assert.deepEqual(await putIf(store, at("object"), "2", sameAs(gone)), CHANGED);
      assert.deepEqual(await putIf(store, at("never"), "2", sameAs(gone)), CHANGED);
      assert.equal(await store.head(at("object")), undefined);
      assert.equal(await store.head(at("never")), undefined);
    }),
    "lets one of 32 racing puts of a version win": ifVersion(async ({ store, at }) => {
      const version = versionOf(await store.put(at("object"), bytesOf("first")));
      const winner = await race(store, at("object"), sameAs(version), "changed");
      assert.equal(await textAt(store, at("object")), winner);
    }),
  },
};

const CHANGED = { outcome: "changed" };

function ifAbsent(proof: Proof): Proof {
  return (room) => (room.store.capabilities.putIfAbsent ? proof(room) : proveRefused(room, ABSENT));
}

function ifVersion(proof: Proof): Proof {
  return async (room) => {
    if (room.store.capabilities.putIfVersion) return proof(room);
    const version = versionOf(await room.store.put(room.at("versioned"), bytesOf("1")));
    return proveRefused(room, sameAs(version));
  };
}

/** A condition that is declared absent is never taken for a plain put. */
async function proveRefused({ store, at }: Room, condition: PutCondition): Promise<void> {
  await store.put(at("taken"), bytesOf("first"));
  await refuses(putIf(store, at("taken"), "second", condition), "not-supported");
  await refuses(putIf(store, at("free"), "second", condition), "not-supported");
  assert.equal(await textAt(store, at("taken")), "first");
  assert.equal(await store.head(at("free")), undefined);
}

function putIf(store: ObjectStore, ref: ObjectRef, text: string, condition: PutCondition) {
  return store.put(ref, bytesOf(text), { condition });
}

function sameAs(version: string): PutCondition {
  return { if: "version", version };
}

function versionOf(put: PutResult): string {
  if (put.outcome !== "written") assert.fail(`must be written, is ${put.outcome}`);
  return put.version;
}

/** Proves that exactly one of racing puts wins, and returns its body. */
async function race(
  store: ObjectStore,
  ref: ObjectRef,
  condition: PutCondition,
  lost: PutResult["outcome"],
): Promise<string> {
  const texts = Array.from({ length: RACERS }, (_, index) => `racer ${index}`);
  const puts = await Promise.allSettled(texts.map((text) => putIf(store, ref, text, condition)));
  const winners = texts.filter((_, index) => {
    const put = puts[index];
    return put?.status === "fulfilled" && put.value.outcome === "written";
  });
  for (const put of puts) {
    if (put.status === "rejected") assert.ok(isUndecidedRace(put.reason), String(put.reason));
    else assert.ok(["written", lost].includes(put.value.outcome), put.value.outcome);
  }
  const [winner, ...others] = winners;
  if (winner === undefined || others.length > 0) assert.fail(`${winners.length} won, must be 1`);
  return winner;
}

function supportedOrThrow(error: unknown): undefined {
  if (isStoreError(error) && error.code === "not-supported") return undefined;
  throw error;
}
