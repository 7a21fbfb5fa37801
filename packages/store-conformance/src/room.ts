import { randomBytes } from "node:crypto";
import { isStoreError, type ObjectRef, type ObjectStore } from "@keywhen/core/store";
import { deleteKeys } from "./delete-keys.js";
import type { OpenedStore } from "./opened-store.js";

/** Where one proof works: a prefix of its own in both buckets, emptied when it ends. */
export interface Room {
  readonly store: ObjectStore;
  readonly buckets: readonly [string, string];
  /** Begins every key; ends in `/`. */
  readonly prefix: string;
  /** An object in the first bucket. */
  at(name: string): ObjectRef;
  /** An object in the second bucket. */
  away(name: string): ObjectRef;
  /** An object in the first bucket that isn't cleaned up, because the store may refuse its key. */
  doubtful(name: string): ObjectRef;
}

/** Gives `work` a room and deletes every object that it named, however it ends. */
export async function withRoom(
  { store, buckets }: OpenedStore,
  work: (room: Room) => Promise<void>,
): Promise<void> {
  const prefix = `conformance-${randomName()}/`;
  const named = { first: new Set<string>(), second: new Set<string>() };
  const place = (bucket: string, keys: Set<string>) => (name: string) => {
    const key = prefix + name;
    keys.add(key);
    return { bucket, key };
  };
  const [first, second] = buckets;
  const at = place(first, named.first);
  const away = place(second, named.second);
  const doubtful = (name: string) => ({ bucket: first, key: prefix + name });
  const cleanUp = async () => {
    await empty(store, first, [...named.first]);
    await empty(store, second, [...named.second]);
  };
  try {
    await work({ store, buckets, prefix, at, away, doubtful });
  } catch (error) {
    // The broken promise is the news, not that its store can't clean up either.
    await cleanUp().catch(() => undefined);
    throw error;
  }
  await cleanUp();
}

/** Once more if that may help: a server may close an idle connection just as a request comes, which breaks no promise. */
async function empty(store: ObjectStore, bucket: string, keys: readonly string[]): Promise<void> {
  const tidyUp = async () => {
    for (const answer of await deleteKeys(store, bucket, keys)) {
      if (answer.outcome === "failed") throw answer.error;
    }
  };
  await tidyUp().catch((error: unknown) => {
    if (!isStoreError(error) || !error.retryable) throw error;
    return tidyUp();
  });
}

export function randomName(): string {
  return randomBytes(8).toString("hex");
}
