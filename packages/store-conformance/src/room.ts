import { randomBytes } from "node:crypto";
import { isStoreError, type ObjectRef, type ObjectStore } from "@keywhen/core/store";
import { deleteKeys } from "./calls.js";
import { traceCalls } from "./traced-store.js";

/** The store to prove, and where. */
export interface OpenedStore {
  readonly store: ObjectStore;
  /** Two buckets that exist. The kit writes and deletes below `conformance-<random>/` only. */
  readonly buckets: readonly [string, string];
  /** Called once, after the last test. */
  readonly close: () => Promise<unknown>;
}

/** A proof's prefix in both buckets, emptied when it ends. */
export interface Room {
  readonly store: ObjectStore;
  readonly buckets: readonly [string, string];
  /** Begins every key; ends in `/`. */
  readonly prefix: string;
  at(name: string): ObjectRef;
  away(name: string): ObjectRef;
  /** Not cleaned up, because the store may refuse its key. */
  doubtful(name: string): ObjectRef;
}

/** For each promise a proof that throws if the store breaks it. */
export interface Theme {
  readonly name: string;
  /** Proofs that need no answer of the store. */
  readonly declarations?: Readonly<Record<string, Proof>>;
  readonly proofs: Readonly<Record<string, Proof>>;
}

export type Proof = (room: Room) => Promise<void>;

/** Deletes every object that `work` named, however it ends. An error names the last calls. */
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
  const traced = traceCalls(store, prefix);
  try {
    await work({ store: traced.store, buckets, prefix, at, away, doubtful });
  } catch (error) {
    const failure = withCalls(error, traced.lastCalls());
    // The broken promise matters more.
    await cleanUp().catch(() => undefined);
    throw failure;
  }
  await cleanUp();
}

function withCalls(error: unknown, calls: readonly string[]): Error {
  const why = error instanceof Error ? error.message : String(error);
  const message = [why.trimEnd(), "The last calls:", ...calls.map((call) => `  ${call}`)];
  return new Error(message.join("\n"), { cause: error });
}

/** Tries twice: a server may close an idle connection when a request arrives. */
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
