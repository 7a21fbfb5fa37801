import { hasCode, type KeywhenError } from "@keywhen/core";
import {
  answered,
  type Clock,
  checkOptionNames,
  checkSignal,
  guardedStore,
  listPages,
  type RandomSource,
  resolveSchedule,
} from "@keywhen/core/internal";
import {
  isStoreError,
  type ListedObject,
  type ObjectStore,
  type ObjectStoreError,
} from "@keywhen/core/store";
import { deleteMigrated, type Migrated, migrateEvent, type OldEvent } from "./migrate-event.js";
import { s3SchedulerCodec } from "./s3-scheduler-codec.js";

export interface MigrateOptions {
  readonly store: ObjectStore;
  /** The bucket that the Python package filled; its events stay in it. */
  readonly bucket: string;
  /** The path that the package was given. */
  readonly from: string;
  /** The new root of the events. @default "keywhen" */
  readonly root?: string | undefined;
  /** @default this machine's clock */
  readonly clock?: Clock | undefined;
  /** @default the platform's cryptographic source */
  readonly random?: RandomSource | undefined;
  /** If it throws or rejects, the migration ends with that error. */
  readonly observe?: ((event: MigrateEvent) => unknown) | undefined;
  /** When it aborts, the migration finishes what it began and resolves with `aborted: true`. */
  readonly signal?: AbortSignal | undefined;
  /** Only counts what would be migrated. */
  readonly dryRun?: boolean | undefined;
}

export type MigrateEvent =
  | { readonly type: "progress"; readonly report: MigrateReport }
  /** It waits unchanged, or twice with one delivery id if its delete failed. Migrating again finishes it. */
  | {
      readonly type: "failed";
      readonly key: string;
      readonly error: KeywhenError | ObjectStoreError;
    }
  /** An object that the package did not write. It is not changed. */
  | { readonly type: "unrecognized"; readonly key: string };

export interface MigrateReport {
  /** They wait under their new keys; the old keys are deleted. */
  readonly migrated: number;
  /** Disappeared during the migration: cancelled or delivered by another process. */
  readonly gone: number;
  readonly failed: number;
  readonly unrecognized: number;
  readonly aborted: boolean;
}

const OPTIONS = [
  "store",
  "bucket",
  "from",
  "root",
  "clock",
  "random",
  "observe",
  "signal",
  "dryRun",
] as const;
/** Events that are copied, then deleted, at the same time. Only these can exist twice if the process ends. */
const BATCH = 64;

/**
 * Moves the events in a bucket of the Python package to keys of version 1, due or not, with a delivery id made from the
 * old key. It copies each event, and deletes the old one once the copy is confirmed. An interrupted migration can be
 * started again: the same event gets the same new key.
 *
 * First let writers schedule with keywhen and stop the package's sweeper. An event is delivered twice if the package's
 * sweeper delivers it while it exists twice, or if a keywhen sweeper delivers it before an interrupted migration is
 * started again (then under one delivery id).
 *
 * Rejects if the list fails or the store denies access. Failures of single events are counted and passed to `observe`.
 */
export async function migrate(options: MigrateOptions): Promise<MigrateReport> {
  checkOptionNames(options, OPTIONS, "migrate()");
  checkSignal(options.signal);
  const { bucket, from, root, clock, random, signal, dryRun = false } = options;
  const given = resolveSchedule({ store: options.store, bucket, root, clock, random });
  const home = { ...given, store: guardedStore(given.store, given.clock) };
  const prefix = s3SchedulerCodec.pendingPrefix(s3SchedulerCodec.checkRoot(from));
  const tally = createTally(options.observe);
  const range = { bucket, prefix, startAfter: prefix };
  for await (const objects of listPages(home.store, range, home)) {
    const events = await tally.events(prefix, objects);
    for (let start = 0; start < events.length; start += BATCH) {
      if (signal?.aborted) return tally.report(true);
      const batch = events.slice(start, start + BATCH);
      if (dryRun) tally.wouldMigrate(batch.length);
      else await migrateBatch(home, batch, tally);
    }
  }
  return tally.report(false);
}

async function migrateBatch(
  home: Parameters<typeof migrateEvent>[0],
  batch: readonly OldEvent[],
  tally: MigrateTally,
): Promise<void> {
  const copied = await Promise.all(batch.map((event) => migrateEvent(home, event)));
  const settled = await deleteMigrated(home, copied);
  for (const migration of settled) await tally.settled(migration);
  await tally.progress();
  const failure = settled.find(failsForAll);
  if (failure?.outcome === "failed") throw failure.error;
}

/** Every other event would fail too. */
function failsForAll(migration: Migrated): boolean {
  if (migration.outcome !== "failed" || !isStoreError(migration.error)) return false;
  return hasCode(migration.error, "denied", "unauthenticated", "no-such-bucket");
}

type MigrateTally = ReturnType<typeof createTally>;

function createTally(observe: MigrateOptions["observe"]) {
  const counts = { migrated: 0, gone: 0, failed: 0, unrecognized: 0 };
  const report = (aborted: boolean): MigrateReport => ({ ...counts, aborted });
  return {
    report,
    /** Returns the events among listed objects, and counts the others as unrecognized. */
    async events(prefix: string, objects: readonly ListedObject[]): Promise<readonly OldEvent[]> {
      const events: OldEvent[] = [];
      for (const { key, size } of objects) {
        const event = s3SchedulerCodec.decode(key.slice(prefix.length));
        if (event !== undefined) {
          events.push({ key, size, event });
          continue;
        }
        counts.unrecognized += 1;
        await answered(observe?.({ type: "unrecognized", key }));
      }
      return events;
    },
    wouldMigrate(count: number) {
      counts.migrated += count;
    },
    async settled(migration: Migrated) {
      counts[migration.outcome] += 1;
      if (migration.outcome !== "failed") return;
      await answered(observe?.({ type: "failed", key: migration.key, error: migration.error }));
    },
    async progress() {
      await answered(observe?.({ type: "progress", report: report(false) }));
    },
  };
}
