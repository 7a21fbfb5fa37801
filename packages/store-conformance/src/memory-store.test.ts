import { memoryStore } from "@keywhen/core/testing";
import { afterAll, describe, it } from "vitest";
import { proveStore } from "./prove-store.js";

const clock = { now: () => Date.now() };
const buckets = ["first", "second"] as const;

const STORES = {
  memoryStore: memoryStore({ clock, buckets }),
  "memoryStore with move": memoryStore({ clock, buckets, move: true }),
  "memoryStore without conditions": memoryStore({
    clock,
    buckets,
    capabilities: { putIfAbsent: false, putIfVersion: false },
  }),
  "memoryStore that reports its time, with small limits": memoryStore({
    clock,
    buckets,
    capabilities: {
      clock: "store",
      deleteBatchSize: 3,
      singleCopyMaxBytes: 10_000,
      limits: { keyBytes: 500, keySegmentCharacters: 120, bucketCharacters: 40 },
    },
  }),
};

for (const [name, store] of Object.entries(STORES)) {
  const open = async () => ({ store, buckets, close: async () => undefined });
  proveStore({ describe, it, after: afterAll, name, open });
}
