import { checkOptionNames } from "../input/check-option-names.js";
import { type Call, signalOf } from "../options/check-call.js";
import { type CallContext, HOME_OPTIONS, type Home, resolveHome } from "../options/home.js";
import { limitedStore } from "../requests/limited-store.js";
import { dropShards, type ShardsDropped } from "./drop-shards.js";
import { type Layout, shardsAt } from "./layout.js";
import { readDatedLayout } from "./layout-object.js";
import { type ShardsSet, setShards } from "./set-shards.js";

/** How a schedule is spread over shards. */
export interface ShardLayout {
  /** How many writers that read the layout use now; 0: none. */
  readonly shards: number;
  /** Every number that events may wait by, with the instant from which writers use it, by rising instants. */
  readonly numbers: readonly { readonly shards: number; readonly from: Date }[];
}

/** Reads and changes into how many shards the events of a schedule are put. Holds nothing open. */
export interface LayoutControl {
  /** Reads the layout: one GET. */
  read(call?: Call): Promise<ShardLayout>;
  /**
   * Announces a number of shards, up to 256, or 0 for none: writers that read the layout use it from 20 minutes on.
   * Safe at any time; events that wait stay where they are, and are delivered and found as before.
   */
  setShards(shards: number, call?: Call): Promise<ShardsSet>;
  /** Takes a number out of the layout that no writer has used for a day, once no event waits by it. Lists its shards. */
  dropShards(shards: number, call?: Call): Promise<ShardsDropped>;
}

/** The layout of one schedule; sends nothing by itself. */
export function createLayout(options: Home): LayoutControl {
  checkOptionNames(options, HOME_OPTIONS, "createLayout()");
  const home = resolveHome(options);
  const store = limitedStore(home.store, home.clock);
  const contextOf = (call: Call | undefined, of: string): CallContext => ({
    ...home,
    store,
    signal: signalOf(call, of),
  });
  return {
    read: async (call) => toShardLayout(await readDatedLayout(contextOf(call, "read()"))),
    setShards: async (shards, call) => setShards(contextOf(call, "setShards()"), shards),
    dropShards: async (shards, call) => dropShards(contextOf(call, "dropShards()"), shards),
  };
}

function toShardLayout({ layout, nowMs }: { layout: Layout; nowMs: number }): ShardLayout {
  return {
    shards: shardsAt(layout, nowMs),
    numbers: layout.numbers.map(({ shards, fromMs }) => ({ shards, from: new Date(fromMs) })),
  };
}
