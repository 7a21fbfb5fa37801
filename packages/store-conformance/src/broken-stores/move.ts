import { type CopyResult, type ObjectRef, ObjectStoreError } from "@keywhen/core/store";
import { declaring, type Fault, type Faults, given, moving, others } from "./fault.js";

const SOURCE_GONE: CopyResult = { outcome: "source-gone" };

export const moveFaults: Faults = {
  "has a move that it doesn't declare": (store) => ({ move: (...args) => store.copy(...args) }),
  "declares a move that it doesn't have": declaring({ move: "any-bucket" }),
  "moves between buckets though it declares one": given(
    { move: true },
    declaring({ move: "same-bucket" }),
  ),
  "refuses to move between buckets after it has copied": acrossBuckets(
    async (store, source, target, options) => {
      await store.copy(source, target, options);
      throw unmovable(target);
    },
  ),
  "refuses to move between buckets and doesn't know whether it has moved": acrossBuckets(
    async (_store, _source, target) => {
      throw unmovable(target, true);
    },
  ),
  "refuses every move": moving(async (_store, _source, target) => {
    throw unmovable(target);
  }),
  "copies and deletes one after the other": moving(async (store, source, target, options) => {
    const copied = await store.copy(source, target, options);
    await others();
    if (copied.outcome === "copied") await store.delete(source.bucket, [source.key]);
    return copied;
  }),
  "leaves the source": moving((store, ...args) => store.copy(...args)),
  "deletes the source and copies nothing": moving(async (store, source) => {
    await store.delete(source.bucket, [source.key]);
    return { outcome: "copied" };
  }),
  "deletes the target if the source is missing": moving(async (store, source, target, options) => {
    await store.delete(target.bucket, [target.key]);
    return store.move?.(source, target, options) ?? SOURCE_GONE;
  }),
  "says copied if the source is missing": moving(async (store, ...args) => {
    await store.move?.(...args);
    return { outcome: "copied" };
  }),
  "drops metadata": moving(async (store, source, target) => {
    const moved = await store.move?.(source, target, { metadata: {} });
    return moved ?? SOURCE_GONE;
  }),
  "ignores new metadata": moving(async (store, source, target) => {
    const moved = await store.move?.(source, target);
    return moved ?? SOURCE_GONE;
  }),
};

function acrossBuckets(move: Parameters<typeof moving>[0]): Fault {
  return moving(async (store, source, target, options) => {
    if (source.bucket !== target.bucket) return move(store, source, target, options);
    return (await store.move?.(source, target, options)) ?? SOURCE_GONE;
  });
}

function unmovable(target: ObjectRef, undecided = false): ObjectStoreError {
  const message = "the buckets are on two disks";
  const details = { ...target, code: "not-supported", operation: "move", undecided } as const;
  return new ObjectStoreError({ ...details, message });
}
