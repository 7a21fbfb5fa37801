import type { ObjectStore } from "./object-store.js";

/** Where events wait, opened from a store URL; disposing it closes what was opened. */
export interface OpenedHome extends AsyncDisposable {
  readonly store: ObjectStore;
  readonly bucket: string;
  /** @default "keywhen" */
  readonly root?: string | undefined;
}

/**
 * What an adapter's `/url` module exports as `open`, for hosts such as the command line: opens the store
 * that `url` names with what the environment holds. Throws a `KeywhenError` (`invalid-option`) that says
 * how to write the URL; sends no request.
 */
export type OpenHome = (
  url: string,
  env: Readonly<Record<string, string | undefined>>,
) => Promise<OpenedHome>;
