import { KeywhenError } from "@keywhen/core";

export interface FsStoreOptions {
  /** The folder whose sub-folders are the buckets; relative to the working directory of now. */
  readonly folder: string;
  /**
   * Whether a put, copy or move makes a missing bucket, and a list finds it empty. Else a missing
   * bucket is `no-such-bucket`, as on any other store.
   *
   * @default false
   */
  readonly createBuckets?: boolean | undefined;
}

const NAMES: readonly string[] = ["folder", "createBuckets"] satisfies (keyof FsStoreOptions)[];

/** The options with their defaults, or a `KeywhenError` (`invalid-option`) that says what is wrong. */
export function checkOptions(options: FsStoreOptions): { folder: string; createBuckets: boolean } {
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw invalid(`fsStore has no option "${unknown}"; it takes ${NAMES.join(" and ")}`);
  }
  const { folder, createBuckets = false } = options;
  if (typeof folder !== "string" || folder === "" || folder.includes("\0")) {
    throw invalid(`folder must be the path of a folder, not ${JSON.stringify(folder)}`);
  }
  if (typeof createBuckets !== "boolean") {
    throw invalid(`createBuckets must be true or false, not ${JSON.stringify(createBuckets)}`);
  }
  return { folder, createBuckets };
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}
