import {
  type DeleteResult,
  type ObjectStore,
  ObjectStoreError,
  type RequestKind,
} from "@keywhen/core/store";
import type { Prng } from "../prng.js";
import type { FastTime } from "./fast-time.js";
import { latencyMs, SLOW_DOWN_MS } from "./latency.js";
import type { Partition } from "./partition.js";
import type { ShardEvents } from "./shard-events.js";

export interface ShardStoreOptions {
  readonly time: FastTime;
  readonly prng: Prng;
  readonly events: ShardEvents;
  readonly source: Partition;
  readonly targetOf: (targetKey: string) => Partition;
  readonly tally: StoreTally;
}

/** What truly happened, whatever a report says. */
export interface StoreTally {
  copies: number;
  /** Copies of what had been copied before. */
  repeats: number;
  deletes: number;
  slowDowns: number;
  lastCopyMs: number;
  lastDeleteMs: number;
  /** Copies by the tenth of a second since the start. */
  readonly perTenth: number[];
}

interface Place {
  readonly bucket: string;
  readonly key?: string;
}

const PENDING = 0;
const COPIED = 1;
const DELETED = 2;
const PAGE = 1_000;

/** One shard's part of a bucket: it makes its keys as they are listed and remembers a byte for each. */
export function shardStore(options: ShardStoreOptions): ObjectStore {
  const { time, prng, events, source, targetOf, tally } = options;
  const states = new Uint8Array(events.count);
  const startMs = time.now();
  let lease: { readonly bytes: Uint8Array; readonly version: string } | undefined;
  let versions = 0;

  /** Waits its turn at each partition, then is carried out, then answered; or is turned away. */
  const send = <T>(
    kind: RequestKind,
    places: readonly (readonly [Partition, "read" | "write", number])[],
    ref: Place,
    act: () => T,
  ) =>
    new Promise<T>((resolve, reject) => {
      const waits = places.map(([place, how, keys]) => place.admit(how, time.now(), keys));
      const waitMs = waits.reduce(longest, 0);
      if (waitMs === undefined) {
        tally.slowDowns += 1;
        return time.after(SLOW_DOWN_MS, () => reject(slowDown(kind, ref)));
      }
      const tookMs = latencyMs(kind, prng);
      time.after(waitMs + tookMs, () => resolve(act()));
    });

  const copied = (position: number) => {
    tally.copies += 1;
    if (states[position] !== PENDING) tally.repeats += 1;
    states[position] = Math.max(COPIED, states[position] ?? 0);
    tally.lastCopyMs = time.now() - startMs;
    const tenth = Math.floor(tally.lastCopyMs / 100);
    tally.perTenth[tenth] = (tally.perTenth[tenth] ?? 0) + 1;
  };
  const deleted = (key: string): DeleteResult => {
    const position = events.positionOf(key);
    if (states[position] !== COPIED) throw new Error(`${key} was deleted, but not copied`);
    states[position] = DELETED;
    tally.deletes += 1;
    tally.lastDeleteMs = time.now() - startMs;
    return { outcome: "gone" };
  };
  const page = (startAfter: string) => {
    const objects = [];
    let position = events.positionOf(startAfter) + 1;
    for (; position < events.count && objects.length < PAGE; position++) {
      if (states[position] === DELETED) continue;
      objects.push({ key: events.key(position), size: 256, lastModified: new Date(0) });
    }
    return { objects, more: position < events.count };
  };

  return {
    capabilities: {
      putIfAbsent: true,
      putIfVersion: true,
      orderedList: true,
      move: "none",
      singleCopyMaxBytes: 5 * 2 ** 30,
      deleteBatchSize: 1_000,
      limits: { keyBytes: 1_024, bucketCharacters: 63 },
      clock: "shared",
    },
    list: ({ bucket, startAfter = "" }) =>
      send("list", [[source, "read", 1]], { bucket }, () => page(startAfter)),
    copy: (from, to) => {
      const places = [
        [targetOf(to.key), "write", 1],
        [source, "read", 1],
      ] as const;
      return send("copy", places, to, () => {
        copied(events.positionOf(from.key));
        return { outcome: "copied" as const };
      });
    },
    delete: (bucket, keys) =>
      send("delete", [[source, "write", keys.length]], { bucket }, () => keys.map(deleted)),
    head: (ref) => send("head", [[targetOf(ref.key), "read", 1]], ref, () => undefined),
    get: (ref) =>
      send("get", [[source, "read", 1]], ref, () => {
        if (lease === undefined) return undefined;
        const { bytes, version } = lease;
        const size = bytes.length;
        const none = {
          contentType: undefined,
          contentEncoding: undefined,
          cacheControl: undefined,
        };
        const body = new Response(Uint8Array.from(bytes)).body ?? new ReadableStream();
        return { size, version, body, lastModified: new Date(time.now()), metadata: {}, ...none };
      }),
    put: (ref, body, { condition } = {}) =>
      send("put", [[source, "write", 1]], ref, () => {
        if (!(body instanceof Uint8Array)) throw new Error("a lease is no stream");
        if (condition?.if === "absent" && lease) return { outcome: "exists" as const };
        if (condition?.if === "version" && lease?.version !== condition.version) {
          return { outcome: "changed" as const };
        }
        versions += 1;
        lease = { bytes: body, version: String(versions) };
        return { outcome: "written" as const, version: lease.version };
      }),
  };
}

/** `undefined` if any of them is. */
function longest(waitMs: number | undefined, next: number | undefined): number | undefined {
  return waitMs === undefined || next === undefined ? undefined : Math.max(waitMs, next);
}

function slowDown(operation: RequestKind, ref: Place): ObjectStoreError {
  const message = "Please reduce your request rate.";
  return new ObjectStoreError({ code: "throttled", operation, ...ref, message, undecided: false });
}
