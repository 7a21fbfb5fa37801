import { ANY_SHARDS } from "../layout/layout.js";
import { readLayoutObject } from "../layout/layout-object.js";
import { placesOf } from "../layout/places.js";
import { canShard } from "../layout/shard.js";
import { canLease } from "../lease/can-lease.js";
import { readLease } from "../lease/lease-object.js";
import { withoutDead } from "../lease/lease-state.js";
import type { ResolvedHome } from "../options/home.js";
import { listPage } from "../requests/list-page.js";
import { lagFinding } from "./check-listing.js";
import { type Examination, finding, toleratedFinding } from "./examination.js";
import type { Finding } from "./finding.js";

/** Of a schedule that is spread over shards: how long its oldest due event waits, and in how many somebody sweeps. */
export async function* checkShards(examination: Examination): AsyncGenerator<Finding, void> {
  const { home, store, call } = examination;
  if (!canShard(home.codec)) return;
  const reading = await readLayoutObject({ ...home, store }, call).catch(() => undefined); // told already
  if (reading === undefined) return;
  const [, ...shards] = placesOf({ ...home, store }, reading.layout ?? ANY_SHARDS);
  if (shards.length === 0) return;
  yield await finding("lag in shards", () => lagIn(shards, examination));
  if (!canLease(store.capabilities)) return;
  yield await toleratedFinding("leases of shards", () => leasesOf(shards, examination));
}

async function lagIn(
  shards: readonly ResolvedHome[],
  { home, call }: Examination,
): Promise<Finding> {
  const name = "lag in shards";
  let oldestMs = Number.POSITIVE_INFINITY;
  for (const { bucket, store, pendingPrefix: prefix, codec } of shards) {
    const { objects } = await listPage(store, { bucket, prefix, limit: LOOKED_AT }, call);
    for (const { key } of objects) {
      const event = codec.decode(key.slice(prefix.length));
      oldestMs = Math.min(oldestMs, event?.atMs ?? oldestMs);
    }
  }
  if (oldestMs === Number.POSITIVE_INFINITY) return { name, status: "ok", detail: "nothing waits" };
  return lagFinding(name, home.clock.now() - oldestMs);
}

/** The first may be foreign. */
const LOOKED_AT = 10;

async function leasesOf(shards: readonly ResolvedHome[], { call }: Examination): Promise<Finding> {
  const name = "leases of shards";
  const signal = call.signal ?? new AbortController().signal;
  let held = 0;
  for (const shard of shards) {
    const { state, storeMs } = await readLease(shard, signal);
    if (withoutDead(state, storeMs).holders.length > 0) held += 1;
  }
  return { name, status: "ok", detail: `held in ${held} of ${shards.length} right now` };
}
