import type { CopyOptions, ObjectRef, RequestKind, RequestOptions } from "@keywhen/core/store";

/** What a request is for. */
export interface Purpose {
  /** The call of the store that it belongs to. */
  readonly operation: RequestKind;
  /** @default the operation */
  readonly kind?: RequestKind | undefined;
  readonly bucket: string;
  readonly key?: string | undefined;
  /** It only prepares the call, so its failure never leaves the call undecided. */
  readonly prepares?: boolean | undefined;
  readonly call?: RequestOptions | undefined;
}

/** A copy or a move: from where to where, and how. */
export interface Copying {
  readonly source: ObjectRef;
  readonly target: ObjectRef;
  readonly options: CopyOptions & RequestOptions;
}
