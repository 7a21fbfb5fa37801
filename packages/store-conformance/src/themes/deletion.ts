import assert from "node:assert/strict";
import { hasCode } from "@keywhen/core";
import type { DeleteResult, ObjectStore } from "@keywhen/core/store";
import { bytesOf, textAt } from "../bodies.js";
import { deleteKeys, inParallel } from "../calls.js";
import type { Theme } from "../room.js";

const GONE = { outcome: "gone" };

export const deletion: Theme = {
  name: "delete",
  proofs: {
    "deletes the given keys and nothing else": async ({ store, at, away, buckets }) => {
      const names = ["a", "a/b", "a/b/c", "ab", "A", "a%2Fb"];
      await inParallel(names, (name) => store.put(at(name), bytesOf(name)));
      await store.put(away("a"), bytesOf("a"));
      const answers = await deleteKeys(store, buckets[0], [at("a").key, at("a/b").key]);
      assert.deepEqual(answers, [GONE, GONE]);
      for (const name of ["a", "a/b"]) assert.equal(await store.head(at(name)), undefined);
      for (const name of names.slice(2)) assert.equal(await textAt(store, at(name)), name);
      assert.equal(await textAt(store, away("a")), "a");
    },
    "calls a missing object gone": async ({ store, at, buckets }) => {
      assert.deepEqual(await store.delete(buckets[0], [at("never").key]), [GONE]);
      await store.put(at("twice"), bytesOf("twice"));
      for (const _ of [1, 2]) {
        assert.deepEqual(await store.delete(buckets[0], [at("twice").key]), [GONE]);
      }
      assert.equal(await store.head(at("twice")), undefined);
    },
    "takes no key at all": async ({ store, buckets }) => {
      assert.deepEqual(await store.delete(buckets[0], []), []);
    },
    "takes a full batch, missing objects among it": async ({ store, at, prefix, buckets }) => {
      const size = store.capabilities.deleteBatchSize;
      const names = Array.from({ length: size }, (_, index) => `in the batch ${index}`);
      const there = names.filter((_, index) => index % 20 === 0);
      await inParallel([...there, "other"], (name) => store.put(at(name), bytesOf(name)));
      const keys = names.map((name) => at(name).key);
      const gone = names.map(() => GONE);
      assert.deepEqual(await store.delete(buckets[0], keys), gone);
      const { objects } = await store.list({ bucket: buckets[0], prefix });
      const [other, ...more] = objects;
      assert.deepEqual([other?.key, more], [at("other").key, []]);
    },
    "answers in the order of the keys": async ({ store, at, buckets }) => {
      if (store.capabilities.deleteBatchSize < 4) return;
      const impossible = "x".repeat(store.capabilities.limits.keyBytes + 1);
      const keys = [at("1").key, impossible, at("2").key, at("3").key];
      await inParallel(["1", "2", "3"], (name) => store.put(at(name), bytesOf(name)));
      const answers = await answersOrRefusal(store, buckets[0], keys);
      const left = await inParallel(["1", "2", "3"], (name) => store.head(at(name)));
      if (answers === "refused") {
        assert.ok(!left.includes(undefined), "a refused batch deletes nothing");
        return;
      }
      assert.deepEqual([answers[0], answers[2], answers[3]], [GONE, GONE, GONE]);
      assert.equal(answers.length, keys.length);
      assert.deepEqual(left, [undefined, undefined, undefined]);
    },
  },
};

/** An error at the key's place in the answers, or a refusal of the whole batch. */
async function answersOrRefusal(
  store: ObjectStore,
  bucket: string,
  keys: readonly string[],
): Promise<readonly DeleteResult[] | "refused"> {
  try {
    return await store.delete(bucket, keys);
  } catch (error) {
    if (hasCode(error, "invalid-key")) return "refused";
    throw error;
  }
}
