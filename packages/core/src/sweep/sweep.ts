import type { LayoutReader } from "../layout/layout-reader.js";
import { placeAt } from "../layout/place-at.js";
import { shardsOf } from "../layout/places.js";
import { type Shard, shardName } from "../layout/shard.js";
import type { ResolvedHome } from "../options/home.js";
import { noRequests, type Requests } from "../requests/counted-store.js";
import { limitedStore } from "../requests/limited-store.js";
import { createLatenessHistogram } from "./reporting/lateness.js";
import type { SafeObserver } from "./reporting/safe-observer.js";
import type { SweepReport } from "./reporting/sweep-report.js";
import { inPart, type Part } from "./sharing-out/part.js";
import { sweepShards } from "./sharing-out/sweep-shards.js";
import { sweepPlace } from "./sweep-place.js";
import type { SweepOptions, SweepRecord } from "./sweep-run.js";
import { createWindDown } from "./wind-down.js";

export interface SweepAllOptions extends SweepOptions {
  readonly layout: LayoutReader;
  /** Which of the shards; left out, all. */
  readonly part: Part | undefined;
}

/** One sweep of all the places in which events may wait. */
export function sweep(options: SweepAllOptions): Promise<SweepReport> {
  return recorded(options, noRequests(), (record) => sweepAll(options, record));
}

/** One sweep of one shard; `requests`: what was sent for it before. */
export function sweepShard(
  options: SweepOptions,
  shard: Shard,
  requests: Requests,
): Promise<SweepReport> {
  const place = { ...options, home: placeAt(options.home, shard) };
  return recorded(options, requests, async (record) => {
    const report = await sweepPlace(place, record);
    return shard === undefined ? report : { ...report, shard: shardName(shard) };
  });
}

/** Tells the observer how a sweep ended, well or not. */
async function recorded(
  { observed }: SweepOptions,
  requests: Requests,
  work: (record: SweepRecord) => Promise<SweepReport>,
): Promise<SweepReport> {
  try {
    return observed.tellReport(
      await work({ observed, requests, lateness: createLatenessHistogram() }),
    );
  } catch (error) {
    observed.tell({ type: "sweep-failed", error });
    throw error;
  }
}

async function sweepAll(options: SweepAllOptions, record: SweepRecord): Promise<SweepReport> {
  const { home, layout, part, signal, observed } = options;
  const readOwn = async (until = signal) => {
    const all = await readShards({ home, layout, signal: until, observed }, record.requests);
    return part === undefined ? all : all.filter((shard) => inPart(shard, part));
  };
  const shards = await untilDeadline(options, readOwn);
  return sweepShards(options, record, shards, readOwn);
}

/** If the sweep is to end before that is known, it is told of `pending/` that nothing was tried. */
async function untilDeadline(
  options: SweepAllOptions,
  readOwn: (until: AbortSignal) => Promise<readonly Shard[]>,
): Promise<readonly Shard[]> {
  const windDown = createWindDown(options.home.clock, options);
  try {
    return await readOwn(windDown.startSignal);
  } catch (error) {
    if (windDown.reason === false) throw error;
    return [undefined];
  } finally {
    windDown.close();
  }
}

export interface ShardReading {
  readonly home: ResolvedHome;
  readonly layout: LayoutReader;
  readonly signal: AbortSignal | undefined;
  readonly observed: SafeObserver;
}

/** Every shard in which events may wait now. */
export async function readShards(
  { home, layout, signal, observed }: ShardReading,
  requests: Requests,
): Promise<readonly Shard[]> {
  const store = limitedStore(home.store, home.clock, { requests });
  const onUnreadable = () => observed.tell({ type: "layout-unreadable" });
  return shardsOf(await layout.readToSweep({ store, signal, onUnreadable }));
}
