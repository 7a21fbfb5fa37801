import type { PlantedFault } from "./planted-fault.js";

/** Faults in how a schedule is spread over shards. */
export const SHARD_FAULTS: readonly PlantedFault[] = [
  {
    name: "a sweeper lists only the shards of the newest number",
    file: "shards/shard-map.ts",
    find: `return Math.max(0, ...numbers.map(({ shards }) => shards));`,
    replace: `return numbers.at(-1)?.shards ?? 0;`,
  },
  {
    name: "a sweeper of shards leaves pending/ out",
    file: "shards/partitions.ts",
    find: `return [this.pending, ...shards];`,
    replace: `return shards.length > 0 ? shards : [this.pending];`,
  },
  {
    name: "cancel looks for an event by the newest number only",
    file: "shards/partitions.ts",
    find: `numbers.toReversed().filter(`,
    replace: `numbers.slice(-1).filter(`,
  },
  {
    name: "all shards share one lease",
    file: "shards/partitions.ts",
    find: `leaseKey: leaseKeyOf(root, `,
    replace: `leaseKey: leaseKeyOf(root, "" && `,
  },
];
