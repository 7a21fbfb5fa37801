import { type DeleteResult, ObjectStoreError } from "@keywhen/core/store";
import { deleting, type Faults, given } from "./fault.js";

const GONE: DeleteResult = { outcome: "gone" };

export const deletionFaults: Faults = {
  "says gone and deletes nothing": () => ({ delete: async (_, keys) => keys.map(() => GONE) }),
  "gives one answer for all": deleting(async (store, ...args) =>
    (await store.delete(...args)).slice(0, 1),
  ),
  "answers out of order": deleting(async (store, bucket, keys, call) => {
    const answers = await store.delete(bucket, keys, call);
    return keys
      .map((key, at) => (key.length > 1_024 ? failed(bucket, key) : (answers[at] ?? GONE)))
      .toReversed();
  }),
  "lets one impossible key spoil the batch": deleting(async (store, bucket, keys, call) =>
    keys.some((key) => key.length > 1_024)
      ? keys.map((key) => failed(bucket, key))
      : store.delete(bucket, keys, call),
  ),
  "refuses a batch after it has deleted half of it": deleting(async (store, bucket, keys, call) => {
    const at = keys.findIndex((key) => key.length > 1_024);
    if (at === -1) return store.delete(bucket, keys, call);
    await store.delete(bucket, keys.slice(0, at), call);
    throw failed(bucket, keys[at] ?? "").error;
  }),
  "fails on a missing object": deleting((store, bucket, keys) =>
    Promise.all(
      keys.map(async (key) => {
        const isThere = (await store.head({ bucket, key })) !== undefined;
        await store.delete(bucket, [key]);
        return isThere ? GONE : failed(bucket, key);
      }),
    ),
  ),
  "gives no answer for a missing object": deleting(async (store, bucket, keys, call) => {
    const infos = await Promise.all(keys.map((key) => store.head({ bucket, key })));
    await store.delete(bucket, keys, call);
    return infos.filter((info) => info !== undefined).map(() => GONE);
  }),
  "deletes a neighbour": deleting(async (store, bucket, keys, call) => {
    const last = keys.at(-1);
    const after = await store.list({ bucket, startAfter: last, limit: 1 });
    await store.delete(
      bucket,
      after.objects.map(({ key }) => key),
    );
    return store.delete(bucket, keys, call);
  }),
  "deletes from both buckets": deleting(async (store, _, keys, call) => {
    await store.delete("first", keys, call);
    return store.delete("second", keys, call);
  }),
  "forgets the last of a full batch": deleting(async (store, bucket, keys, call) => {
    const deleted = keys.length > 500 ? keys.slice(0, 500) : keys;
    await store.delete(bucket, deleted, call);
    return keys.map(() => GONE);
  }),
  "takes fewer keys than it declares": given(
    { capabilities: { deleteBatchSize: 100 } },
    ({ capabilities }) => ({ capabilities: { ...capabilities, deleteBatchSize: 101 } }),
  ),
  "throws on an empty batch": deleting(async (store, bucket, keys, call) => {
    if (keys.length === 0) throw failed(bucket, "").error;
    return store.delete(bucket, keys, call);
  }),
};

function failed(bucket: string, key: string) {
  const details = { code: "invalid-key", operation: "delete", bucket, message: key } as const;
  return { outcome: "failed", error: new ObjectStoreError(details) } as const;
}
