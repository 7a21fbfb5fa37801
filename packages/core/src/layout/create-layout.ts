import { checkOptionNames } from "../input/check-option-names.js";
import { type Call, signalOf } from "../options/check-call.js";
import { HOME_OPTIONS, type Home, resolveHome } from "../options/home.js";
import { limitedStore } from "../requests/limited-store.js";
import { dropShards, type ShardsDropped } from "./drop-shards.js";
import { shardsAt } from "./layout.js";
import { type DatedLayout, readDatedLayout, unreadableLayout } from "./layout-object.js";
import { type ShardsSet, setShards } from "./set-shards.js";

/** How a schedule is spread over shards. */
export interface ShardLayout {
  /** How many writers that read the layout use now; 0: none. */
  readonly shards: number;
  /** Every number by which events may wait, with the instant from which writers use it, by rising instants. */
  readonly numbers: readonly { readonly shards: number; readonly from: Date }[];
}

/** Tells and changes into how many shards the events of a home are put. Holds nothing open. */
export interface LayoutControl {
  /** The layout as it is: one GET. */
  read(call?: Call): Promise<ShardLayout>;
  /**
   * Announces a number of shards, up to 256, or 0 for none: writers that read the layout use it from 20 minutes on.
   * Safe at any time; events that wait stay where they are, and are delivered and found as before.
   */
  setShards(shards: number, call?: Call): Promise<ShardsSet>;
  /** Takes a number out of the layout that nobody has used for a day, once no event waits by it. Lists its shards. */
  dropShards(shards: number, call?: Call): Promise<ShardsDropped>;
}

/** The layout of one home; sends nothing by itself. */
export function createLayout(options: Home): LayoutControl {
  checkOptionNames(options, HOME_OPTIONS, "createLayout()");
  const given = resolveHome(options);
  const home = { ...given, store: limitedStore(given.store, given.clock) };
  return {
    async read(call) {
      const reading = await readDatedLayout(home, signalOf(call, "read()"));
      if (reading.layout === undefined) throw unreadableLayout(home);
      return toShardLayout({ ...reading, layout: reading.layout });
    },
    setShards: async (shards, call) => setShards(home, shards, signalOf(call, "setShards()")),
    dropShards: async (shards, call) => dropShards(home, shards, signalOf(call, "dropShards()")),
  };
}

function toShardLayout({
  layout,
  nowMs,
}: DatedLayout & { layout: NonNullable<DatedLayout["layout"]> }): ShardLayout {
  return {
    shards: shardsAt(layout, nowMs),
    numbers: layout.numbers.map(({ shards, fromMs }) => ({ shards, from: new Date(fromMs) })),
  };
}
