import type { ObjectStore } from "@keywhen/core/store";

/** The store to prove, and where. */
export interface OpenedStore {
  readonly store: ObjectStore;
  /** Two buckets that exist. The kit writes and deletes below `conformance-<random>/` only. */
  readonly buckets: readonly [string, string];
  /** Called once, after the last test. */
  readonly close: () => Promise<unknown>;
}
