import { KeywhenError } from "@keywhen/core";
import {
  checkMetadataSize,
  codecV1,
  type EventKey,
  hashOfId,
  keywhenMetadata,
  noDeleteAnswer,
  planKey,
  retry,
  type Schedule,
  storeErrorOf,
} from "@keywhen/core/internal";
import type {
  CopyOptions,
  CopyResult,
  DeleteResult,
  ObjectInfo,
  ObjectRef,
  ObjectStore,
  ObjectStoreError,
} from "@keywhen/core/store";

/** An event that the Python package wrote. */
export interface OldEvent {
  readonly key: string;
  readonly size: number;
  readonly event: EventKey;
}

/** The outcome for one event so far. `copied`: it is stored under its new key, and still under the old one. */
export type Migration = Migrated | { readonly outcome: "copied"; readonly key: string };

/** The final outcome for one event. */
export type Migrated =
  /** It is stored only under its new key. */
  | { readonly outcome: "migrated"; readonly key: string }
  | { readonly outcome: "gone"; readonly key: string }
  | {
      readonly outcome: "failed";
      readonly key: string;
      readonly error: KeywhenError | ObjectStoreError;
    };

/** Writes an event under its key of version 1. Its old key is removed only if the store can move objects. */
export async function migrateEvent(home: Schedule, old: OldEvent): Promise<Migration> {
  const { key } = old;
  const source = { bucket: home.bucket, key };
  try {
    const deliveryId = await hashOfId(key, 12);
    const target = newPlace(home, old, deliveryId);
    const info = await retry(home, () => home.store.head(source));
    if (info === undefined) return { outcome: "gone", key };
    const metadata = { ...info.metadata, ...keywhenMetadata(old.event.atMs, deliveryId) };
    checkMetadataSize(metadata);
    const outcome = await retry(home, () => transfer(home, source, target, info, metadata));
    return { outcome, key };
  } catch (caught) {
    const error = caught instanceof KeywhenError ? caught : storeErrorOf(caught);
    return { outcome: "failed", key, error };
  }
}

function newPlace(
  { store, bucket, root }: Schedule,
  { event }: OldEvent,
  deliveryId: string,
): ObjectRef {
  const planned = { id: codecV1.encode({ ...event, deliveryId }), to: event.to, deliveryId };
  const { limits } = store.capabilities;
  const key = planKey(codecV1.pendingPrefix(root), planned, limits);
  return { bucket, key };
}

async function transfer(
  { store }: Schedule,
  source: ObjectRef,
  target: ObjectRef,
  { size }: ObjectInfo,
  metadata: Record<string, string>,
): Promise<"migrated" | "copied" | "gone"> {
  const options = { metadata, size };
  const moved = await moveIfPossible(store, source, target, options);
  if (moved !== undefined) return moved.outcome === "copied" ? "migrated" : "gone";
  const { outcome } = await store.copy(source, target, options);
  return outcome === "copied" ? "copied" : "gone";
}

/** Returns `undefined`, with nothing changed, if the store can't move this pair atomically. */
async function moveIfPossible(
  store: ObjectStore,
  source: ObjectRef,
  target: ObjectRef,
  options: CopyOptions,
): Promise<CopyResult | undefined> {
  try {
    return await store.move?.(source, target, options);
  } catch (caught) {
    const error = storeErrorOf(caught);
    if (error.code === "not-supported") return undefined;
    throw error;
  }
}

/** Deletes the old keys of copied events, and returns the outcome of each. */
export async function deleteMigrated(
  home: Schedule,
  migrations: readonly Migration[],
): Promise<readonly Migrated[]> {
  const keys = migrations.filter(({ outcome }) => outcome === "copied").map(({ key }) => key);
  const size = home.store.capabilities.deleteBatchSize;
  const starts = keys.map((_, index) => index).filter((index) => index % size === 0);
  const batches = starts.map((start) => deleteBatch(home, keys.slice(start, start + size)));
  const others = migrations.filter((migration) => migration.outcome !== "copied");
  return [...others, ...(await Promise.all(batches)).flat()];
}

async function deleteBatch(home: Schedule, keys: readonly string[]): Promise<readonly Migrated[]> {
  const results = await sendDelete(home, keys);
  return keys.map((key, index) => {
    const answer = results[index] ?? noDeleteAnswer({ bucket: home.bucket, key });
    return answer.outcome === "gone"
      ? { outcome: "migrated", key }
      : { outcome: "failed", key, error: answer.error };
  });
}

/** If a request fails, it has failed for each of its keys. */
async function sendDelete(
  home: Schedule,
  keys: readonly string[],
): Promise<readonly DeleteResult[]> {
  try {
    return await retry(home, () => home.store.delete(home.bucket, keys));
  } catch (caught) {
    const error = storeErrorOf(caught);
    return keys.map(() => ({ outcome: "failed", error }));
  }
}
