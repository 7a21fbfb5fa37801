import { KeywhenError } from "../errors.js";
import { showValue } from "../input/show-value.js";
import { codecV1 } from "../key/codec-v1.js";
import { checkCanShard, isShardNumber, MOST_SHARDS } from "../key/delivery-id.js";
import type { KeyCodec } from "../key/key-codec.js";
import { bucketNameProblem } from "../key/key-limits.js";
import { type Clock, type RandomSource, systemClock, systemRandom } from "../machine.js";
import type { ObjectStore } from "../store/object-store.js";
import { type Duration, durationMs } from "../time/duration.js";
import { checkParts } from "./check-options.js";

/** Where events wait and what keywhen reads there: the options that scheduler and sweeper share. */
export interface ScheduleLocation {
  readonly store: ObjectStore;
  /** The bucket that holds the schedule. */
  readonly bucket: string;
  /** @default "keywhen" */
  readonly root?: string | undefined;
  /** @default codecV1 */
  readonly codec?: KeyCodec | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** @default the platform's cryptographic source */
  readonly random?: RandomSource | undefined;
  /**
   * How long before its due instant an event closes: until then it can be cancelled and moved, so that a
   * sweeper whose clock is ahead has not begun to deliver it. At least 3 s where clocks differ.
   * @default "4s", or "0s" where store and callers read one clock
   */
  readonly guard?: Duration | undefined;
  /**
   * Into how many shards this writer puts its events: a number, or `"map"` for the number that the shard map in the bucket
   * says (a GET every 10 minutes). By default none, which is always safe. All calls that look for events, and sweeps, read
   * the shard map anyway, and look into shards of this number as well.
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
  "inspect", // an opened home is a home
] as const;

/** A home with its defaults filled in and its options checked. */
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

/** What a verb works with: a schedule, and what its caller gave. It is also the policy of the verb's retries. */
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
  checkBucket(bucket);
  const problem = store.nameProblem?.({ bucket, key: ORDINARY_KEY });
  if (problem !== undefined) {
    throw new KeywhenError(
      "invalid-option",
      `bucket ${JSON.stringify(bucket)} can't hold a schedule: ${problem}.`,
    );
  }
  if (!store.capabilities.orderedList) {
    throw new KeywhenError(
      "not-supported",
      "This store lists in no order, so finding what is due would mean reading the whole schedule. Keep the schedule in another one; as a target this store is fine.",
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

function checkBucket(bucket: string): void {
  const problem = bucketNameProblem(bucket);
  if (problem === undefined) return;
  throw new KeywhenError(
    "invalid-option",
    `bucket ${problem.replace("the rest belongs into the key", "a folder in it is the option root")}`,
  );
}

function checkShards(shards: number | "map", codec: KeyCodec): number | "map" {
  if (shards !== "map" && !isShardNumber(shards)) {
    throw new KeywhenError(
      "invalid-option",
      `shards must be a whole number up to ${MOST_SHARDS}, or "map" (got ${showValue(shards)}).`,
    );
  }
  if (shards !== 0) checkCanShard(codec);
  return shards;
}

const DEFAULT_GUARD = "4s";
const SMALLEST_GUARD_MS = 3_000;

function guardMs({ guard, store }: ScheduleLocation): number {
  const oneClock = store.capabilities.clock === "shared";
  const chosenMs = durationMs(guard ?? (oneClock ? "0s" : DEFAULT_GUARD));
  if (!oneClock && chosenMs < SMALLEST_GUARD_MS) {
    throw new KeywhenError(
      "invalid-option",
      `guard ${guard} is too short: at least 3s, because the clocks of writers, sweepers and store differ and HTTP dates have whole seconds.`,
    );
  }
  return chosenMs;
}
