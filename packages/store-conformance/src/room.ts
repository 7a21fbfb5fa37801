import { randomBytes } from "node:crypto";
import type { ObjectRef, ObjectStore } from "@keywhen/core/store";
import { deleteKeys } from "./delete-keys.js";
import type { OpenedStore } from "./prove-store.js";

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
  try {
    await work({ store, buckets, prefix, at, away });
  } finally {
    await deleteKeys(store, first, [...named.first]);
    await deleteKeys(store, second, [...named.second]);
  }
}

export function randomName(): string {
  return randomBytes(8).toString("hex");
}
