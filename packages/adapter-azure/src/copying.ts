import type { CopyOptions, ObjectRef, StoreCall } from "@keywhen/core/store";

/** A copy: from where to where, and how. */
export interface Copying {
  readonly source: ObjectRef;
  readonly target: ObjectRef;
  readonly options: CopyOptions & StoreCall;
}
