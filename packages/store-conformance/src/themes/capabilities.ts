import assert from "node:assert/strict";
import type { Theme } from "../theme.js";
import { undeclared } from "../undeclared.js";

export const capabilities: Theme = {
  name: "capabilities",
  declarations: {
    "are declared in full and make sense": async ({ store }) => {
      const problems = undeclared(store.capabilities);
      assert.equal(problems.length, 0, problems.join("; "));
    },
    "name limits that are whole numbers from 1": async ({ store, buckets }) => {
      const { singleCopyMaxBytes, deleteBatchSize, limits } = store.capabilities;
      const { keyBytes, bucketCharacters, keySegmentCharacters = 1 } = limits ?? {};
      for (const [name, limit] of Object.entries({
        deleteBatchSize,
        keyBytes,
        bucketCharacters,
        keySegmentCharacters,
      })) {
        assert.ok(Number.isSafeInteger(limit) && limit >= 1, `${name} is ${limit}`);
      }
      assert.ok(singleCopyMaxBytes >= 1, `singleCopyMaxBytes is ${singleCopyMaxBytes}`);
      for (const bucket of buckets) {
        assert.ok(
          bucket.length <= bucketCharacters,
          `${bucket} is longer than ${bucketCharacters}`,
        );
      }
    },
  },
  proofs: {
    "stay the same": async ({ store, at }) => {
      const before = structuredClone(store.capabilities);
      await store.head(at("never"));
      assert.deepEqual(store.capabilities, before);
    },
  },
};
