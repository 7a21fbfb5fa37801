import { storeOptionChecks } from "@keywhen/adapter-kit";
import { KeywhenError } from "@keywhen/core";

export interface FsStoreOptions {
  /** The folder whose sub-folders are the buckets, relative to the current working directory. */
  readonly folder: string;
  /**
   * Whether a put, copy or move creates a missing bucket, and a list reports it as empty. Without this option a missing bucket
   * is `no-such-bucket`, as on any other store.
   *
   * @default false
   */
  readonly createBuckets?: boolean | undefined;
  /**
   * Whether processes of several machines use the folder (a network folder). The store's time is then the time of the file
   * system, so that keywhen notices different clocks and keeps events closed for the guard of 4 s before they are due. Set it
   * on all machines or on none of them. Every process needs permission to write.
   *
   * @default false
   */
  readonly sharedBetweenMachines?: boolean | undefined;
  /**
   * Whether the folder is on a network file system (NFS, SMB), where each call may take long. Then the event loop never waits for
   * one, which costs several times as much CPU for each event.
   *
   * @default the value of `sharedBetweenMachines`
   */
  readonly networkFolder?: boolean | undefined;
}

export type CheckedOptions = Required<{
  [Name in keyof FsStoreOptions]: NonNullable<FsStoreOptions[Name]>;
}>;

const NAMES: readonly string[] = [
  "folder",
  "createBuckets",
  "sharedBetweenMachines",
  "networkFolder",
] satisfies (keyof FsStoreOptions)[];

const CHECKS = storeOptionChecks("fsStore", 'fsStore({ folder: "./data" })');

/** The options with their defaults, or a `KeywhenError` (`invalid-option`) that says what is wrong. */
export function checkOptions(options: FsStoreOptions): CheckedOptions {
  CHECKS.names(options, NAMES);
  const { folder, createBuckets = false, sharedBetweenMachines = false } = options;
  const { networkFolder = sharedBetweenMachines } = options;
  if (typeof folder !== "string" || folder === "") {
    throw CHECKS.wrong("folder", "the path of a folder", folder);
  }
  const problem = folderProblem(folder);
  if (problem !== undefined) throw new KeywhenError("invalid-option", `fsStore: ${problem}`);
  CHECKS.boolean("createBuckets", createBuckets);
  CHECKS.boolean("sharedBetweenMachines", sharedBetweenMachines);
  CHECKS.boolean("networkFolder", networkFolder);
  return { folder, createBuckets, sharedBetweenMachines, networkFolder };
}

/** Characters that shells and settings files leave in a path by accident. They would name another folder, which is then created. */
function folderProblem(folder: string): string | undefined {
  const shown = JSON.stringify(folder);
  if (/\p{Cc}/u.test(folder)) {
    return `folder must not contain a control character such as a line end (got ${shown})`;
  }
  if (folder.trim() !== folder) return `folder must not begin or end with a space (got ${shown})`;
  if (!/^~(?:[/\\]|$)/.test(folder)) return undefined;
  return `folder ${shown} is not expanded to the home folder: write os.homedir() or the whole path, or ./~ for a folder that is named ~`;
}
