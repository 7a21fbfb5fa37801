import type { RequestKind, StoreCall } from "@keywhen/core/store";

/** What a request is for. */
export interface Purpose {
  readonly operation: RequestKind;
  readonly bucket: string;
  readonly key?: string | undefined;
  readonly call: StoreCall | undefined;
  /** What is told to `onRequest`, if it isn't the operation. */
  readonly kind?: RequestKind | undefined;
  /** It only prepares: whatever became of it, the call itself is not carried out. */
  readonly prepares?: boolean | undefined;
}
