import type { ObjectRef } from "@keywhen/core/store";
import type { Activity } from "../activity.js";
import type { EventRecord } from "../ledger.js";
import { shardOfKey } from "../schedule-keys.js";
import type { StoreRequest } from "../store/store-request.js";
import { backsOff } from "./back-off.js";
import { wroteLease } from "./lease-history.js";
import { hasOutcome, type Invariant, lastSinceMs, sinceMs, type View } from "./watcher.js";

const PROMISE =
  "sweptThrough never passes an event that was due and neither tried to a result nor blocked behind another of its target.";

interface Doings {
  readonly tried: Set<string>;
  readonly failed: Set<string>;
  readonly gone: Set<string>;
  /** When the store read the first page to it. */
  listedMs: number | undefined;
}

/** A sweep that moves `sweptThrough` on must have tried every event below it that still waits. */
export const sweptThrough: Invariant = (view) => {
  const doings = new Map<Activity, Map<string, Doings>>();
  const doingsOf = (activity: Activity, key: string) => {
    const ofActivity = doings.get(activity) ?? new Map<string, Doings>();
    doings.set(activity, ofActivity);
    const known = ofActivity.get(shardOfKey(key)) ?? {
      tried: new Set(),
      failed: new Set(),
      gone: new Set(),
      listedMs: undefined,
    };
    ofActivity.set(shardOfKey(key), known);
    return known;
  };
  return {
    sent({ kind, bucket, keys, source, activity }) {
      // A delete without a copy: it was found at its target. A head of the event: it is on its way to the dead letters.
      const about = source === undefined ? keys : [source.key];
      for (const key of about) doingsOf(activity, key).tried.add(key);
      if (kind !== "head") return;
      const waiting = listedFor(view, activity, { bucket, key: keys[0] ?? "" });
      const left = waiting.filter((key) => !doingsOf(activity, key).gone.has(key));
      for (const key of firstOfEachShard(left)) doingsOf(activity, key).tried.add(key);
    },
    answered(request) {
      const { activity } = request;
      const gone = goneKeys(request);
      for (const key of gone) doingsOf(activity, key).gone.add(key);
      if (request.kind === "delete") {
        const kept = request.keys.filter((key) => !gone.includes(key));
        for (const key of kept) doingsOf(activity, key).failed.add(key);
      }
      const event = request.answer?.isError ? view.ledger.deliveredBy(request) : undefined;
      if (event !== undefined) doingsOf(activity, event.key).failed.add(event.key);
    },
    executed(request) {
      const { activity, kind, keys } = request;
      const [key = ""] = keys;
      if (kind === "list") doingsOf(activity, key).listedMs ??= view.now();
      if (!wroteLease(request)) return;
      const skipped = skippedEvent(view, activity, key, doingsOf(activity, key));
      if (skipped === undefined) return;
      view.violated(PROMISE, skipped.key, `${activity.name} has not tried it`);
    },
  };
};

/** The events of a target that were listed, the oldest first: a look at the target is about the first one that has not gone. */
function listedFor(view: View, { listed }: Activity, target: ObjectRef): string[] {
  const isFor = (key: string) => {
    const to = view.ledger.record(key)?.to;
    return to?.bucket === target.bucket && to.key === target.key;
  };
  return [...listed.keys()].filter(isFor).sort();
}

function firstOfEachShard(keys: readonly string[]): string[] {
  const first = new Map<string, string>();
  for (const key of keys) if (!first.has(shardOfKey(key))) first.set(shardOfKey(key), key);
  return [...first.values()];
}

function skippedEvent(
  view: View,
  activity: Activity,
  leaseKey: string,
  did: Doings,
): EventRecord | undefined {
  const { now, before } = view.leases.of(leaseKey);
  const { sweptThroughMs: untilMs } = now;
  const fromMs = before.sweptThroughMs ?? Number.NEGATIVE_INFINITY;
  if (untilMs === undefined || untilMs <= fromMs) return undefined;
  return [...view.ledger.records.values()].find((event) => {
    if (shardOfKey(event.key) !== shardOfKey(leaseKey)) return false;
    const waitsSinceMs = sinceMs(view, event);
    if (waitsSinceMs === undefined || did.tried.has(event.key)) return false;
    if (waitsSinceMs <= fromMs || waitsSinceMs > untilMs) return false;
    return !isHeld(view, event, activity, did);
  });
}

function goneKeys({ kind, keys, source, answer }: StoreRequest): readonly string[] {
  if (answer === undefined || answer.isError) return [];
  if (source !== undefined) {
    const hasGone = kind === "move" || hasOutcome(answer.value, "source-gone");
    return hasGone ? [source.key] : [];
  }
  if (kind !== "delete" || !Array.isArray(answer.value)) return [];
  const results: readonly unknown[] = answer.value;
  return keys.filter((_, index) => hasOutcome(results[index], "gone"));
}

/** Whether another event of its target kept it from being tried in this very sweep. */
function isHeld(view: View, event: EventRecord, activity: Activity, did: Doings): boolean {
  for (const key of activity.listed.keys()) {
    if (key === event.key || shardOfKey(key) !== shardOfKey(event.key)) continue;
    const wakeUp = view.schedules.wakeUp(key);
    if (wakeUp?.to.key === event.to.key && wakeUp.to.bucket === event.to.bucket) return true;
    const other = view.ledger.record(key);
    if (other?.to.key !== event.to.key || other.to.bucket !== event.to.bucket) continue;
    if (holdsUp(view, other, event, activity, did)) return true;
  }
  return false;
}

/**
 * An older event that waits, as far as the sweep knows, and that it tried, found backing off or dead-lettered. Or a newer
 * event whose copy or delete failed before this one was written.
 */
function holdsUp(
  view: View,
  other: EventRecord,
  { key }: EventRecord,
  activity: Activity,
  did: Doings,
): boolean {
  if (other.key > key) return did.failed.has(other.key);
  if (other.deadCopies.some(({ request }) => request.activity === activity)) return true;
  if (did.gone.has(other.key)) return false;
  return (
    did.tried.has(other.key) ||
    backsOff(view, activity, other.key, lastSinceMs(view, other), did.listedMs)
  );
}
