import { invalidOption, KeywhenError } from "../errors.js";
import { checkValue } from "../input/check-value.js";
import { codecV1 } from "../key/codec-v1.js";
import { checkCanShard, isShardNumber, MOST_SHARDS } from "../key/delivery-id.js";
import type { KeyCodec } from "../key/key-codec.js";
import { bucketNameProblem } from "../key/key-limits.js";
import { type Clock, type RandomSource, systemClock, systemRandom } from "../machine.js";
import type { ObjectStore } from "../store/object-store.js";
import { type Duration, durationMs } from "../time/duration.js";
import { checkParts } from "./check-options.js";

/** Where the schedule is stored and how it is read: the options that scheduler and sweeper share. */
export interface ScheduleLocation {
  readonly store: ObjectStore;
  /** The bucket that holds the schedule. */
  readonly bucket: string;
  /** @default "keywhen" */
  readonly root?: string | undefined;
  /** @default keywhen's own key format */
  readonly codec?: KeyCodec | undefined;
  /** @default this machine's clock */
  readonly clock?: Clock | undefined;
  /** @default the platform's cryptographic source */
  readonly random?: RandomSource | undefined;
  /**
   * How long before its due instant an event closes. Until then it can be canceled and moved: no sweeper has begun to deliver
   * it, not even one whose clock is ahead. At least 3 s if clocks differ.
   * @default "4s", or "0s" where store and callers read one clock
   */
  readonly guard?: Duration | undefined;
  /**
   * Over how many shards this writer spreads its events, or `"map"`: as many as the bucket's shard map says (a GET every 10
   * minutes). By default none, which is always safe. Calls that look for events, and sweeps, always read the shard map, and look
   * into this many shards as well.
   */
  readonly shards?: number | "map" | undefined;
}

export const LOCATION_OPTIONS = [
  "store",
  "bucket",
  "root",
  "codec",
  "clock",
  "random",
  "guard",
  "shards",
  "inspect", // an opened schedule is a location
] as const;

/** A checked schedule location with its defaults. */
export interface Schedule {
  readonly store: ObjectStore;
  readonly bucket: string;
  readonly root: string;
  readonly codec: KeyCodec;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly guardMs: number;
  readonly shards: number | "map";
  /** What the key of every dead letter begins with; the event's id follows. */
  readonly deadPrefix: string;
}

/** What a verb works with: a schedule, and what its caller gave. Also the policy of its retries. */
export interface CallContext extends Schedule {
  readonly signal: AbortSignal | undefined;
  /** No try of a request starts at or after this instant (epoch ms). @default none */
  readonly untilMs?: number | undefined;
}

/** A key that every store can hold, so that a problem with it is the bucket's. */
const ORDINARY_KEY = "shards.json";

export function resolveSchedule(options: ScheduleLocation): Schedule {
  const { store, bucket } = options;
  checkParts(options);
  const problem = bucketNameProblem(bucket, "Pass a folder in it as root");
  if (problem !== undefined) throw invalidOption(`bucket ${problem}`);
  const storeProblem = store.nameProblem?.({ bucket, key: ORDINARY_KEY });
  if (storeProblem !== undefined) {
    throw invalidOption(
      `bucket ${JSON.stringify(bucket)} can't hold a schedule: ${storeProblem}. Choose another bucket.`,
    );
  }
  if (!store.capabilities.orderedList) {
    throw new KeywhenError(
      "not-supported",
      "This store does not list keys in order, so each sweep would have to read the whole schedule. Keep the schedule in another store; events can still be delivered to this one.",
    );
  }
  const codec = options.codec ?? codecV1;
  const root = codec.checkRoot(options.root);
  return {
    store,
    bucket,
    root,
    codec,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    guardMs: guardMs(options),
    shards: checkShards(options.shards ?? 0, codec),
    deadPrefix: `${root}/dead/`,
  };
}

function checkShards(shards: number | "map", codec: KeyCodec): number | "map" {
  const rule = `shards must be a whole number from 0 to ${MOST_SHARDS}, or "map"`;
  checkValue(shards === "map" || isShardNumber(shards), shards, rule);
  if (shards !== 0) checkCanShard(codec);
  return shards;
}

const DEFAULT_GUARD = "4s";
const SMALLEST_GUARD_MS = 3_000;

function guardMs({ guard, store }: ScheduleLocation): number {
  const oneClock = store.capabilities.clock === "shared";
  const chosenMs = durationMs(guard ?? (oneClock ? "0s" : DEFAULT_GUARD));
  if (oneClock || chosenMs >= SMALLEST_GUARD_MS) return chosenMs;
  throw invalidOption(
    `guard must be at least 3s (got ${guard}), because the clocks of writers, sweepers and store differ and HTTP dates have whole seconds.`,
  );
}
