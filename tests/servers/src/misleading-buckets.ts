import type { ObjectRef, ObjectStore } from "@keywhen/core/store";
import { storeErrorOf } from "./store-operations.js";

/** Bucket names that a URL library rewrites or splits, so that the key would name the bucket and the object. */
export const MISLEADING_BUCKETS: readonly string[] = [
  ".",
  "..",
  "../away",
  ":here",
  "tenant:here",
  "here/k",
  "here?list-type=2",
  "here#x",
  "here\\k",
  "%2e%2e",
  "@here",
  "here\n",
];

/** The code of each operation that refuses the bucket. */
export async function refusalsOf(store: ObjectStore, bucket: string): Promise<readonly string[]> {
  const bad: ObjectRef = { bucket, key: "schedule/lease.json" };
  const good: ObjectRef = { bucket: "here", key: "k" };
  const bytes = new Uint8Array(1);
  const calls = [
    () => store.put(bad, bytes),
    () => store.put(bad, bytes, { condition: { if: "absent" } }),
    () => store.head(bad),
    () => store.get(bad),
    () => store.list({ bucket }),
    () => store.copy(bad, good),
    () => store.copy(good, bad),
    () => store.copy(good, bad, { metadata: { a: "1" } }),
    () => store.delete(bucket, ["a", "b"]),
  ];
  const codes: string[] = [];
  for (const call of calls) codes.push((await storeErrorOf(call())).code);
  if (store.nameProblem?.(bad) === undefined) codes.push("nameProblem() finds nothing");
  return codes;
}
