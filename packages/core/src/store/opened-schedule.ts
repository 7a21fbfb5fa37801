import type { ObjectStore, RequestOptions } from "./object-store.js";

/** A schedule location that was opened from a store URL. Disposing it closes what was opened. */
export interface OpenedSchedule extends AsyncDisposable {
  readonly store: ObjectStore;
  readonly bucket: string;
  /** @default "keywhen" */
  readonly root?: string | undefined;
  /**
   * Optional: reads settings of the bucket that no `ObjectStore` method returns and that could harm a schedule (rules that
   * delete or archive, versions, locks). Writes nothing. A setting that it may not read is a finding.
   */
  readonly inspect?: ((call?: RequestOptions) => Promise<readonly Finding[]>) | undefined;
}

/**
 * An adapter's `/url` module exports it as `open`, for hosts such as the command line. Opens the store that `url` names, with
 * settings from the environment, and sends nothing. Throws `invalid-option` with how to write the URL.
 */
export type OpenSchedule = (
  url: string,
  env: Readonly<Record<string, string | undefined>>,
) => Promise<OpenedSchedule>;

/** What an examination of a store or a bucket found. */
export interface Finding {
  /** What was examined, in a word or two. */
  readonly name: string;
  /** `fail`: keywhen is unsafe or can't work here. `warn`: it works, with a risk that an operator should know. */
  readonly status: "ok" | "warn" | "fail";
  /** One line: what was seen, with the numbers. */
  readonly detail: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
}
