import { codecV1, type EventKey, KeywhenError } from "@keywhen/core";
import {
  checkMetadataSize,
  hashOfId,
  keywhenMetadata,
  planKey,
  retry,
  type Schedule,
  storeErrorOf,
} from "@keywhen/core/internal";
import type {
  CopyOptions,
  CopyResult,
  ObjectInfo,
  ObjectRef,
  ObjectStore,
  ObjectStoreError,
} from "@keywhen/core/store";

/** An event as the Python package wrote it. */
export interface OldEvent {
  readonly key: string;
  readonly size: number;
  readonly event: EventKey;
}

/** The outcome for one event so far. `copied`: it is stored under its new key, and still under the old one. */
export type Migration = Migrated | { readonly outcome: "copied"; readonly key: string };

/** The final outcome for one event. */
export type Migrated =
  /** It is stored under its new key alone. */
  | { readonly outcome: "migrated"; readonly key: string }
  | { readonly outcome: "gone"; readonly key: string }
  | {
      readonly outcome: "failed";
      readonly key: string;
      readonly error: KeywhenError | ObjectStoreError;
    };

/** Writes an event under its key of version 1; the old one goes only where the store moves in one step. */
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

/** `undefined` if the store can't move this pair atomically; nothing has changed then. */
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
