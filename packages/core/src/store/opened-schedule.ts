import type { Finding } from "./finding.js";
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
