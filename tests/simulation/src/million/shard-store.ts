import {
  type ObjectStore,
  ObjectStoreError,
  type RequestKind,
  type StoreCapabilities,
} from "@keywhen/core/store";
import { memoryStore } from "@keywhen/core/testing";
import type { Prng } from "../prng.js";
import { S3 } from "../profiles.js";
import type { FastTime } from "./fast-time.js";
import { latencyMs, SLOW_DOWN_MS } from "./latency.js";
import type { Partition } from "./partition.js";
import type { ShardEvents } from "./shard-events.js";
import { ShardObjects } from "./shard-objects.js";
import type { StoreTally } from "./store-tally.js";

export interface ShardStoreOptions {
  readonly time: FastTime;
  readonly prng: Prng;
  readonly events: ShardEvents;
  readonly source: Partition;
  readonly targetOf: (targetKey: string) => Partition;
  readonly tally: StoreTally;
}

interface Subject {
  readonly bucket: string;
  readonly key?: string;
}

interface Load {
  readonly partition: Partition;
  readonly access: "read" | "write";
  readonly keys?: number;
}

interface StoreRequest<T> {
  readonly kind: RequestKind;
  readonly subject: Subject;
  readonly loads: readonly Load[];
  readonly act: () => T | Promise<T>;
}

const CAPABILITIES: StoreCapabilities = { ...S3, clock: "shared" };

/** Contains one shard's events and lease; targets are only counted. */
export function shardStore(options: ShardStoreOptions): ObjectStore {
  const { time, events, source, targetOf, tally } = options;
  const startMs = time.now();
  const elapsedMs = () => time.now() - startMs;
  const objects = new ShardObjects(events, tally);
  const lease = memoryStore({ clock: time.clock });
  const ask = <T>(request: StoreRequest<T>) => send(options, request);
  const readSource: Load = { partition: source, access: "read" };
  const writeSource: Load = { partition: source, access: "write" };

  return {
    capabilities: CAPABILITIES,
    list: ({ bucket, startAfter = "" }) =>
      ask({
        kind: "list",
        subject: { bucket },
        loads: [readSource],
        act: () => objects.list(startAfter),
      }),
    copy: (from, to) =>
      ask({
        kind: "copy",
        subject: to,
        loads: [{ partition: targetOf(to.key), access: "write" }, readSource],
        act: () => {
          objects.copy(from.key, elapsedMs());
          return { outcome: "copied" as const };
        },
      }),
    delete: (bucket, keys) =>
      ask({
        kind: "delete",
        subject: { bucket },
        loads: [{ ...writeSource, keys: keys.length }],
        act: () => keys.map((key) => objects.delete(key, elapsedMs())),
      }),
    head: (ref) =>
      ask({
        kind: "head",
        subject: ref,
        loads: [{ partition: targetOf(ref.key), access: "read" }],
        act: () => undefined,
      }),
    get: (ref) =>
      ask({ kind: "get", subject: ref, loads: [readSource], act: () => lease.get(ref) }),
    put: (ref, ...args) =>
      ask({ kind: "put", subject: ref, loads: [writeSource], act: () => lease.put(ref, ...args) }),
  };
}

/** Waits for every partition and carries out the request, or answers 503. */
function send<T>(
  { time, prng, tally }: ShardStoreOptions,
  { kind, subject, loads, act }: StoreRequest<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const waits = loads.map(({ partition, access, keys }) =>
      partition.admit(access, time.now(), keys),
    );
    const waitMs = waits.reduce(longest, 0);
    if (waitMs === undefined) {
      tally.slowDowns += 1;
      return time.after(SLOW_DOWN_MS, () => reject(slowDown(kind, subject)));
    }
    const answerMs = waitMs + latencyMs(kind, prng);
    time.after(answerMs, () => resolve(act()));
  });
}

function longest(waitMs: number | undefined, next: number | undefined): number | undefined {
  return waitMs === undefined || next === undefined ? undefined : Math.max(waitMs, next);
}

function slowDown(operation: RequestKind, subject: Subject): ObjectStoreError {
  return new ObjectStoreError({
    code: "throttled",
    operation,
    ...subject,
    message: "Please reduce your request rate.",
    undecided: false,
  });
}
