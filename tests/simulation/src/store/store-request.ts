import type { ObjectRef, ObjectStoreError, RequestKind } from "@keywhen/core/store";
import type { Activity } from "../activity.js";
import type { Fate } from "../faults.js";

export interface StoreRequest {
  readonly number: number;
  readonly activity: Activity;
  readonly kind: RequestKind;
  readonly bucket: string;
  /** The keys of a batch delete, the one key of another request, or a list's prefix. */
  readonly keys: readonly string[];
  readonly source: ObjectRef | undefined;
  readonly fate: Fate;
  /** Of a call of a destination: whether an earlier one may have reached its receiver, as the sweep says. */
  readonly mayBeRepeat?: boolean | undefined;
  readonly sentMs: number;
  /** By its sender's own clock. */
  readonly sentBySenderMs: number;
  executedMs: number | undefined;
  /** In a word: `copied`, `source-gone`, `written`, `gone`, `denied` … */
  outcome: string | undefined;
  answeredMs: number | undefined;
  /** What its sender learned: its outcome, or an error. */
  answer: Answer | undefined;
}

export type Answer =
  | { readonly isError: false; readonly value: unknown }
  | { readonly isError: true; readonly error: ObjectStoreError };

/** An object that a request has just written or removed. */
export interface Change {
  readonly ref: ObjectRef;
  readonly change: "written" | "removed";
}
