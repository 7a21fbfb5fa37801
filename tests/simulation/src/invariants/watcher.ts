import type { ObjectRef } from "@keywhen/core/store";
import type { Activity } from "../activity.js";
import type { EventRecord, Ledger } from "../ledger.js";
import type { Plan } from "../plan.js";
import type { Profile } from "../profiles.js";
import { SCHEDULE_BUCKET } from "../schedule-keys.js";
import type { ScheduleLedger } from "../schedule-ledger.js";
import { storeDate } from "../store/execute.js";
import type { Change, StoreRequest } from "../store/store-request.js";
import type { StoredObjects } from "../store/stored-objects.js";
import type { LeaseHistories } from "./lease-history.js";

/** Watches a world for one promise. */
export interface Watcher {
  sent?(request: StoreRequest): void;
  /** After the ledger. */
  executed?(request: StoreRequest, changes: readonly Change[]): void;
  answered?(request: StoreRequest): void;
  ended?(activity: Activity): void;
  /** A consumer took an object away from its target. */
  consumed?(target: ObjectRef): void;
  /** All is healed, and the schedule has had time to empty. */
  atEnd?(activities: readonly Activity[]): void;
}

export interface View {
  readonly plan: Plan;
  readonly profile: Profile;
  readonly ledger: Ledger;
  readonly schedules: ScheduleLedger;
  readonly objects: StoredObjects;
  readonly leases: LeaseHistories;
  now(): number;
  isHealed(): boolean;
  violated(promise: string, key: string | undefined, why: string): void;
}

/** Since when an event could have been delivered, by a listing. */
export function sinceMs({ objects, profile }: View, event: EventRecord): number | undefined {
  const found = objects.get({ bucket: SCHEDULE_BUCKET, key: event.key });
  if (found === undefined) return undefined;
  return Math.max(event.atMs, storeDate(profile, found.lastModifiedMs).getTime());
}

/** The same of one that may have left since, by its last write. */
export function lastSinceMs({ profile }: View, { atMs, writes }: EventRecord): number {
  const writtenMs = writes.at(-1)?.executedMs;
  return writtenMs !== undefined ? Math.max(atMs, storeDate(profile, writtenMs).getTime()) : atMs;
}

/** What a copy delivers: an event, or an occurrence of a recurring schedule. */
export function dueBy(
  { ledger, schedules }: View,
  request: StoreRequest,
): { readonly key: string; readonly atMs: number } | undefined {
  const wakeUp = schedules.deliveredBy(request);
  return wakeUp ? { key: wakeUp.name, atMs: wakeUp.dueMs } : ledger.deliveredBy(request);
}

export type Invariant = (view: View) => Watcher;

/** Whether no fault can befall a world's requests, nor anything its clocks; incidents may befall its hosts. */
export function isCalm({ plan }: View): boolean {
  const { rates, outages, sweepers } = plan;
  const hasFaults = Object.values(rates).some((rate) => rate > 0);
  return (
    !hasFaults && outages.length === 0 && sweepers.every(({ clock }) => clock.jumps.length === 0)
  );
}

/** Whether another event waits for the same target, and may delay this one. */
export function hasNeighbour({ ledger }: View, event: EventRecord): boolean {
  return [...ledger.records.values()].some(
    (other) => other !== event && other.isPresent && targetOf(other) === targetOf(event),
  );
}

export function targetOf({ to }: EventRecord): string {
  return `${to.bucket}/${to.key}`;
}

/** Whether an answer of the store says this. */
export function hasOutcome(value: unknown, outcome: string): boolean {
  return (
    typeof value === "object" && value !== null && "outcome" in value && value.outcome === outcome
  );
}
