import {
  type CopyOptions,
  type ObjectRef,
  type ObjectStore,
  ObjectStoreError,
} from "@keywhen/core/store";
import { type Fault, others } from "./fault.js";

const MOVE = { move: true };

export const moveFaults: readonly Fault[] = [
  {
    fault: "has a move that it doesn't declare",
    breaks: (store) => ({ move: (...args) => store.copy(...args) }),
  },
  {
    fault: "declares a move that it doesn't have",
    breaks: ({ capabilities }) => ({ capabilities: { ...capabilities, move: "any-bucket" } }),
  },
  {
    fault: "moves between buckets though it declares one",
    options: MOVE,
    breaks: ({ capabilities }) => ({ capabilities: { ...capabilities, move: "same-bucket" } }),
  },
  {
    fault: "refuses to move between buckets after it has copied",
    options: MOVE,
    breaks: acrossBuckets(async (store, source, target, options) => {
      await store.copy(source, target, options);
      throw unmovable(target);
    }),
  },
  {
    fault: "refuses to move between buckets and doesn't know whether it has moved",
    options: MOVE,
    breaks: acrossBuckets(async (_store, _source, target) => {
      throw unmovable(target, true);
    }),
  },
  {
    fault: "refuses every move",
    options: MOVE,
    breaks: moving(async (_store, _source, target) => {
      throw unmovable(target);
    }),
  },
  {
    fault: "copies and deletes one after the other",
    options: MOVE,
    breaks: moving(async (store, source, target, options) => {
      const copied = await store.copy(source, target, options);
      await others();
      if (copied.outcome === "copied") await store.delete(source.bucket, [source.key]);
      return copied;
    }),
  },
  {
    fault: "leaves the source",
    options: MOVE,
    breaks: moving((store, ...args) => store.copy(...args)),
  },
  {
    fault: "deletes the source and copies nothing",
    options: MOVE,
    breaks: moving(async (store, source) => {
      await store.delete(source.bucket, [source.key]);
      return { outcome: "copied" };
    }),
  },
  {
    fault: "deletes the target if the source is missing",
    options: MOVE,
    breaks: moving(async (store, source, target, options) => {
      await store.delete(target.bucket, [target.key]);
      return store.move?.(source, target, options) ?? { outcome: "source-gone" };
    }),
  },
  {
    fault: "says copied if the source is missing",
    options: MOVE,
    breaks: moving(async (store, ...args) => {
      await store.move?.(...args);
      return { outcome: "copied" };
    }),
  },
  {
    fault: "drops metadata",
    options: MOVE,
    breaks: moving(async (store, source, target) => {
      const moved = await store.move?.(source, target, { metadata: {} });
      return moved ?? { outcome: "source-gone" };
    }),
  },
  {
    fault: "ignores new metadata",
    options: MOVE,
    breaks: moving(async (store, source, target) => {
      const moved = await store.move?.(source, target);
      return moved ?? { outcome: "source-gone" };
    }),
  },
];

type Move = (
  store: ObjectStore,
  source: ObjectRef,
  target: ObjectRef,
  options?: CopyOptions,
) => ReturnType<ObjectStore["copy"]>;

function moving(move: Move): Fault["breaks"] {
  return (store) => ({ move: (...args) => move(store, ...args) });
}

/** Moves well inside a bucket. */
function acrossBuckets(move: Move): Fault["breaks"] {
  return moving(async (store, source, target, options) => {
    if (source.bucket !== target.bucket) return move(store, source, target, options);
    return (await store.move?.(source, target, options)) ?? { outcome: "source-gone" };
  });
}

function unmovable(target: ObjectRef, undecided = false): ObjectStoreError {
  const message = "the buckets are on two disks";
  return new ObjectStoreError({
    ...target,
    code: "not-supported",
    operation: "move",
    message,
    undecided,
  });
}
