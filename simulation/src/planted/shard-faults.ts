import type { PlantedFault } from "./planted-fault.js";

/** Faults in how a schedule is spread over shards. */
export const SHARD_FAULTS: readonly PlantedFault[] = [
  {
    name: "a sweeper lists only the shards of the newest number",
    file: "layout/layout.ts",
    find: `return Math.max(0, ...numbers.map(({ shards }) => shards));`,
    replace: `return numbers.at(-1)?.shards ?? 0;`,
  },
  {
    name: "a sweeper of shards leaves pending/ out",
    file: "layout/places.ts",
    find: `return [undefined, ...Array.from({ length: shardCount(layout) }, (_, shard) => shard)];`,
    replace: `const shards = Array.from({ length: shardCount(layout) }, (_, shard) => shard);\n  return shards.length > 0 ? shards : [undefined];`,
  },
  {
    name: "cancel looks for an event by the newest number only",
    file: "layout/places.ts",
    find: `for (const number of layout.numbers.toReversed()) {`,
    replace: `for (const number of layout.numbers.slice(-1)) {`,
  },
  {
    name: "all shards share one lease",
    file: "layout/place-at.ts",
    find: `leaseKey: \`\${root}/lease/sweep.\${name}.json\`,`,
    replace: ``,
  },
];
