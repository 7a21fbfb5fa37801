import { type Shard, shardName } from "../codec/shard.js";
import type { ResolvedHome } from "../options/home.js";

/**
 * A home as one shard sees it: its events under a prefix of their own, and a lease of their own. What is done with a
 * schedule is done the same way with each of its places.
 */
export function placeAt(home: ResolvedHome, shard: Shard): ResolvedHome {
  const { codec, root } = home;
  if (shard === undefined || codec.shardPrefix === undefined) return home;
  const name = shardName(shard);
  return {
    ...home,
    pendingPrefix: codec.shardPrefix(root, name),
    leaseKey: `${root}/lease/sweep.${name}.json`,
  };
}
