import { checkCanShard, shardName, shardOf } from "../key/delivery-id.js";
import { leaseKeyOf } from "../lease/lease-object.js";
import type { Schedule } from "../options/schedule.js";
import { type ShardMap, shardCount, shardsAt } from "./shard-map.js";
import { ShardMapReader, type SweepReading } from "./shard-map-object.js";

/** A prefix of keys; the key of each event is the prefix and the event's id. */
export interface EventPrefix {
  readonly prefix: string;
}

/** Where to look for events: waiting ones in any partition, dead letters under one prefix. */
export interface EventPrefixes {
  all(signal?: AbortSignal): Promise<readonly EventPrefix[]>;
  /** Only those that an event of this delivery id may have. */
  of(deliveryId: string | undefined, signal?: AbortSignal): Promise<readonly EventPrefix[]>;
}

/** One prefix of waiting events with the lease of its sweepers: `pending/`, or one shard. */
export interface Partition extends EventPrefix {
  /** `undefined` for `pending/`. */
  readonly shard: number | undefined;
  readonly leaseKey: string;
}

/** The partitions of a schedule, always the same objects, `pending/` first. Throws if the shard map can't be read. */
export class Partitions implements EventPrefixes {
  readonly pending: Partition;
  readonly #schedule: Schedule;
  readonly #shardMap: ShardMapReader;
  readonly #shards = new Map<number, Partition>();

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    this.#shardMap = new ShardMapReader(schedule);
    this.pending = pendingPartition(schedule);
  }

  async all(signal?: AbortSignal): Promise<readonly Partition[]> {
    return this.#allOf(await this.#shardMap.read(signal));
  }

  /** For a sweeper, which must miss no event: see `ShardMapReader`. */
  async allToSweep(reading: SweepReading): Promise<readonly Partition[]> {
    return this.#allOf(await this.#shardMap.readToSweep(reading));
  }

  /** By each number in use, the newest first. */
  async of(deliveryId: string | undefined, signal?: AbortSignal): Promise<readonly Partition[]> {
    return this.#holding(await this.#shardMap.read(signal), deliveryId);
  }

  /**
   * Where a writer puts an event now, and where others may have put it. A writer with a fixed number of shards does not read the
   * shard map, so it knows no others.
   */
  async forWriting(
    deliveryId: string,
    signal?: AbortSignal,
  ): Promise<{ readonly partition: Partition; readonly others: readonly Partition[] }> {
    const { shards, clock } = this.#schedule;
    if (shards !== "map") return { partition: await this.#by(shards, deliveryId), others: [] };
    const shardMap = await this.#shardMap.read(signal);
    const partition = await this.#by(shardsAt(shardMap, clock.now()), deliveryId);
    const holding = await this.#holding(shardMap, deliveryId);
    return { partition, others: holding.filter((other) => other !== partition) };
  }

  #allOf(shardMap: ShardMap): readonly Partition[] {
    const shards = Array.from({ length: shardCount(shardMap) }, (_, shard) => this.#at(shard));
    return [this.pending, ...shards];
  }

  async #holding(
    { numbers }: ShardMap,
    deliveryId: string | undefined,
  ): Promise<readonly Partition[]> {
    if (deliveryId === undefined) return [this.pending];
    const newestFirst = numbers.toReversed().filter(({ shards }) => shards > 0);
    const partitions = newestFirst.map(({ shards }) => this.#by(shards, deliveryId));
    return [...new Set(await Promise.all(partitions)), this.pending];
  }

  async #by(shards: number, deliveryId: string): Promise<Partition> {
    return shards === 0 ? this.pending : this.#at(await shardOf(deliveryId, shards));
  }

  #at(shard: number): Partition {
    const partition = this.#shards.get(shard) ?? shardPartition(this.#schedule, shard);
    this.#shards.set(shard, partition);
    return partition;
  }
}

export function pendingPartition({ codec, root }: Schedule): Partition {
  return {
    shard: undefined,
    prefix: codec.pendingPrefix(root),
    leaseKey: leaseKeyOf(root),
  };
}

export function shardPartition({ codec, root }: Schedule, shard: number): Partition {
  checkCanShard(codec);
  const name = shardName(shard);
  return {
    shard,
    prefix: codec.shardPrefix(root, name),
    leaseKey: leaseKeyOf(root, `.${name}`),
  };
}
