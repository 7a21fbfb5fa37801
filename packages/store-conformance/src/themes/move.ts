import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { isStoreError, type ObjectRef, type ObjectStore } from "@keywhen/core/store";
import { bytesOf, textAt } from "../bodies.js";
import { refuses } from "../refusals.js";
import type { Room, Theme } from "../room.js";

const HEADERS = {
  contentType: "text/plain",
  contentEncoding: "identity",
  cacheControl: "no-store",
  metadata: { "keywhen-id": "order-42" },
};

export const move: Theme = {
  name: "move",
  proofs: {
    "is offered exactly where it is declared": async (room) => {
      const { store, at, away } = room;
      const declared = store.capabilities.move;
      assert.equal(typeof store.move, declared === "none" ? "undefined" : "function");
      if (store.move === undefined) return;
      const [source, target] = [at("source"), away("target")];
      await store.put(source, bytesOf("body"), HEADERS);
      await store.put(target, bytesOf("old"));
      const before = [await store.head(source), await store.head(target)];
      const moving = store.move(source, target);
      if (declared === "any-bucket" && !(await isUnmovable(moving))) return;
      await refuses(moving, "not-supported");
      assert.deepEqual([await store.head(source), await store.head(target)], before);
      assert.equal(await textAt(store, source), "body");
      assert.equal(await textAt(store, target), "old");
    },
    "moves a whole object": (room) =>
      eachPair(room, async (store, move, source, target) => {
        await store.put(source, bytesOf("body"), HEADERS);
        await store.put(target, bytesOf("a longer body that was there"), {
          metadata: { old: "1" },
        });
        assert.deepEqual(await move(source, target), { outcome: "copied" });
        assert.equal(await textAt(store, target), "body");
        assert.equal(await store.head(source), undefined);
        const { contentType, contentEncoding, cacheControl, metadata } =
          (await store.head(target)) ?? {};
        assert.deepEqual({ contentType, contentEncoding, cacheControl, metadata }, HEADERS);
      }),
    "replaces the metadata and nothing else": (room) =>
      eachPair(room, async (store, move, source, target) => {
        const metadata = { other: "1" };
        await store.put(source, bytesOf("body"), HEADERS);
        assert.deepEqual(await move(source, target, { metadata }), { outcome: "copied" });
        const moved = await store.head(target);
        assert.deepEqual([moved?.contentType, moved?.metadata], ["text/plain", metadata]);
        assert.equal(await store.head(source), undefined);
      }),
    "says source-gone and leaves the target": (room) =>
      eachPair(room, async (store, move, source, target) => {
        await store.put(target, bytesOf("old"));
        assert.deepEqual(await move(source, target), { outcome: "source-gone" });
        assert.equal(await textAt(store, target), "old");
      }),
    "never shows source and target together": (room) =>
      eachPair(room, async (store, move, source, target) => {
        for (let round = 0; round < 10; round++) {
          await store.put(source, bytesOf("body"));
          await store.delete(target.bucket, [target.key]);
          const seen = await seenDuring(store, source, target, move(source, target));
          assert.ok(!seen.includes("both"), "a reader found the source after the target");
        }
      }),
  },
};

/** Only pairs of buckets that the store can move atomically. */
async function eachPair(
  room: Room,
  proof: (
    store: ObjectStore,
    move: NonNullable<ObjectStore["move"]>,
    source: ObjectRef,
    target: ObjectRef,
  ) => Promise<void>,
): Promise<void> {
  const { store, at, away } = room;
  if (store.move === undefined) return;
  const move = store.move.bind(store);
  await proof(store, move, at("inside/source"), at("inside/target"));
  if (store.capabilities.move !== "any-bucket") return;
  await store.put(at("across/trial"), bytesOf("body"));
  if (await isUnmovable(move(at("across/trial"), away("across/trial")))) return;
  await proof(store, move, at("across/source"), away("across/target"));
}

async function isUnmovable(moving: Promise<unknown>): Promise<boolean> {
  try {
    await moving;
    return false;
  } catch (error) {
    return isStoreError(error) && error.code === "not-supported";
  }
}

/** Looks for the target and then for the source until the move ends. */
async function seenDuring(
  store: ObjectStore,
  source: ObjectRef,
  target: ObjectRef,
  moving: Promise<unknown>,
): Promise<string[]> {
  const seen: string[] = [];
  let isMoving = true;
  const look = async () => {
    while (isMoving) {
      const isThere = (await store.head(target)) !== undefined;
      if (isThere && (await store.head(source)) !== undefined) seen.push("both");
      await setImmediate();
    }
  };
  const move = moving.finally(() => {
    isMoving = false;
  });
  await Promise.all([move, look()]);
  return seen;
}
