import type { ObjectStore, RequestOptions } from "./object-store.js";

/** Where events wait, opened from a store URL; disposing it closes what was opened. */
export interface OpenedSchedule extends AsyncDisposable {
  readonly store: ObjectStore;
  readonly bucket: string;
  /** @default "keywhen" */
  readonly root?: string | undefined;
  /**
   * Optional, for examinations of a store: looks at settings of the bucket that no `ObjectStore` method shows and that
   * would hurt a schedule (rules that delete or archive, versions, locks). Reads only. What it has no permission to read
   * is a finding.
   */
  readonly inspect?: ((call?: RequestOptions) => Promise<readonly Finding[]>) | undefined;
}

/**
 * What an adapter's `/url` module exports as `open`, for hosts such as the command line: opens the store
 * that `url` names with what the environment holds. Throws a `KeywhenError` (`invalid-option`) that says
 * how to write the URL; sends no request.
 */
export type OpenSchedule = (
  url: string,
  env: Readonly<Record<string, string | undefined>>,
) => Promise<OpenedSchedule>;

/** What an examination of a store or a bucket found out about one thing. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly name: string;
  /** `fail`: keywhen is unsafe or can't work here. `warn`: it works, but somebody should know. */
  readonly status: "ok" | "warn" | "fail";
  /** One line: what was seen, with the numbers. */
  readonly detail: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
}
