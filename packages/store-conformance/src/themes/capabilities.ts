import assert from "node:assert/strict";
import type { Theme } from "../room.js";

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
      const counts = { deleteBatchSize, keyBytes, bucketCharacters, keySegmentCharacters };
      for (const [name, limit] of Object.entries(counts)) {
        assert.ok(Number.isSafeInteger(limit) && limit >= 1, `${name} is ${limit}`);
      }
      assert.ok(singleCopyMaxBytes >= 1, `singleCopyMaxBytes is ${singleCopyMaxBytes}`);
      for (const bucket of buckets) {
        const message = `${bucket} is longer than ${bucketCharacters}`;
        assert.ok(bucket.length <= bucketCharacters, message);
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

const DECLARED: Readonly<Record<string, Kind>> = {
  putIfAbsent: oneOf(true, false),
  putIfVersion: oneOf(true, false),
  orderedList: oneOf(true, false),
  move: oneOf("none", "same-bucket", "any-bucket"),
  singleCopyMaxBytes: aNumber(),
  deleteBatchSize: aNumber(),
  "limits.keyBytes": aNumber(),
  "limits.bucketCharacters": aNumber(),
  clock: oneOf("store", "shared", "none"),
};

interface Kind {
  readonly is: (value: unknown) => boolean;
  readonly words: string;
}

/** What is missing or wrong, a clause each. */
export function undeclared(capabilities: unknown): readonly string[] {
  return Object.entries(DECLARED).flatMap(([name, { is, words }]) => {
    const value = name.split(".").reduce(fieldOf, capabilities);
    const problem = `capabilities.${name} must be ${words} (got ${JSON.stringify(value)})`;
    return is(value) ? [] : [problem];
  });
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function oneOf(...values: readonly unknown[]): Kind {
  const words = values.map((value) => JSON.stringify(value)).join(" or ");
  return { is: (value) => values.includes(value), words };
}

function aNumber(): Kind {
  return { is: (value) => typeof value === "number", words: "a number" };
}
