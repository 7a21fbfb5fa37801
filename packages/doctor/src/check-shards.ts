import {
  ANY_SHARDS,
  canLease,
  canShard,
  dropExpired,
  listPage,
  placesOf,
  type ResolvedHome,
  readLayoutObject,
  readLease,
} from "@keywhen/core/internal";
import type { Finding } from "@keywhen/core/store";
import { lagFinding } from "./check-listing.js";
import { type Examination, finding, toleratedFinding } from "./examination.js";

/** For a schedule with shards: how long its oldest due event has waited, and how many shards are being swept. */
export async function* checkShards(examination: Examination): AsyncGenerator<Finding, void> {
  const { home, store, call } = examination;
  if (!canShard(home.codec)) return;
  const reading = await readLayoutObject({ ...home, store }, call).catch(() => undefined); // checkLayout has reported it
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
    if (dropExpired(state, storeMs).holders.length > 0) held += 1;
  }
  return { name, status: "ok", detail: `held in ${held} of ${shards.length} right now` };
}
