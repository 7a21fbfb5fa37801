import assert from "node:assert/strict";
import type { Theme } from "../theme.js";

export const capabilities: Theme = {
  name: "capabilities",
  proofs: {
    "are declared in full and make sense": async ({ store }) => {
      const { putIfAbsent, putIfVersion, orderedList, move, clock } = store.capabilities;
      for (const can of [putIfAbsent, putIfVersion, orderedList])
        assert.equal(typeof can, "boolean");
      assert.ok(["none", "same-bucket", "any-bucket"].includes(move), `move: ${move}`);
      assert.ok(["store", "shared", "none"].includes(clock), `clock: ${clock}`);
    },
    "name limits that are whole numbers from 1": async ({ store, buckets }) => {
      const { singleCopyMaxBytes, deleteBatchSize, limits } = store.capabilities;
      const { keyBytes, bucketCharacters, keySegmentCharacters = 1 } = limits;
      for (const limit of [deleteBatchSize, keyBytes, bucketCharacters, keySegmentCharacters]) {
        assert.ok(Number.isSafeInteger(limit) && limit >= 1, `${limit} is no limit`);
      }
      assert.ok(singleCopyMaxBytes >= 1, `${singleCopyMaxBytes} is no limit`);
      for (const bucket of buckets) {
        assert.ok(
          bucket.length <= bucketCharacters,
          `${bucket} is longer than ${bucketCharacters}`,
        );
      }
    },
    "stay the same": async ({ store, at }) => {
      const before = structuredClone(store.capabilities);
      await store.head(at("never"));
      assert.deepEqual(store.capabilities, before);
    },
  },
};
