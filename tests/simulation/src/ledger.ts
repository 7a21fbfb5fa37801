import { parseEventId } from "@keywhen/core";
import type { ObjectRef } from "@keywhen/core/store";
import type { Activity } from "./activity.js";
import { idOfKey, isPendingKey, PENDING, ROOT, SCHEDULE_BUCKET } from "./schedule-keys.js";
import type { Change, StoreRequest } from "./store/store-request.js";

/** What truly happened to one key of the schedule. */
export interface EventRecord {
  readonly key: string;
  readonly id: string;
  readonly atMs: number;
  readonly to: ObjectRef;
  readonly deliveryId: string | undefined;
  /** The last instant at which its delivery may start; infinite without a limit. */
  readonly expiresAtMs: number;
  isPresent: boolean;
  wasAbsent: boolean;
  /** How many times the key came into being. */
  incarnation: number;
  readonly writes: StoreRequest[];
  /** Executed copies to its target, with the incarnation that was copied. */
  readonly copies: Copy[];
  /** Executed copies to the dead letters. */
  readonly deadCopies: Copy[];
  readonly removals: Copy[];
  /** Calls about this key, the first one first. */
  readonly calls: Activity[];
}

export interface Copy {
  readonly request: StoreRequest;
  readonly incarnation: number;
}

export const DEAD = `${ROOT}/dead/`;

export class Ledger {
  readonly records = new Map<string, EventRecord>();

  record(key: string): EventRecord | undefined {
    const known = this.records.get(key);
    if (known !== undefined || !isPendingKey(key)) return known;
    const id = idOfKey(key);
    const parsed = parseEventId(id);
    if (parsed === undefined) return undefined;
    const { at, to, deliveryId, expiresAt } = parsed;
    const expiresAtMs = expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    const record: EventRecord = {
      ...{ key, id, to, deliveryId, atMs: at.getTime(), expiresAtMs },
      ...{ isPresent: false, wasAbsent: true, incarnation: 0 },
      ...{ writes: [], copies: [], deadCopies: [], removals: [], calls: [] },
    };
    this.records.set(key, record);
    return record;
  }

  /** The key of an event, in the partition where it is or was stored; in no shard if it was never stored. */
  keyOf(id: string): string {
    const known = [...this.records.values()].find((one) => one.id === id && one.writes.length > 0);
    return known?.key ?? PENDING + id;
  }

  deliveredBy({ kind, source, bucket, keys }: StoreRequest): EventRecord | undefined {
    if ((kind !== "copy" && kind !== "move") || source?.bucket !== SCHEDULE_BUCKET)
      return undefined;
    const record = this.record(source.key);
    return record !== undefined && isTarget(record, bucket, keys[0]) ? record : undefined;
  }

  deadLetteredBy({ source, bucket, keys, outcome }: StoreRequest): EventRecord | undefined {
    const isDead = outcome === "copied" && bucket === SCHEDULE_BUCKET && keys[0]?.startsWith(DEAD);
    return isDead && source ? this.record(source.key) : undefined;
  }

  /**
   * New content at the same instant that broke off, or the same call of `schedule` after it, leaves two events that look alike at
   * their target: once one of them was delivered, so was the other, for a sweeper that looks there.
   */
  hasDeliveredTwin({ key, deliveryId, atMs, to }: EventRecord): boolean {
    if (deliveryId === undefined) return false;
    return [...this.records.values()].some(
      (other) =>
        other.key !== key &&
        other.deliveryId === deliveryId &&
        other.atMs === atMs &&
        isTarget(other, to.bucket, to.key) &&
        other.copies.length > 0,
    );
  }

  /** Notes that a call about an event has begun, or which event it was about. */
  called(activity: Activity): void {
    const calls = activity.key === undefined ? undefined : this.record(activity.key)?.calls;
    if (calls?.includes(activity) === false) calls.push(activity);
  }

  executed(request: StoreRequest, changes: readonly Change[]): void {
    if (request.outcome === "copied") this.#copied(request);
    for (const change of changes) this.#changed(request, change);
  }

  #copied(request: StoreRequest): void {
    const { source, bucket, keys } = request;
    if (source?.bucket !== SCHEDULE_BUCKET) return;
    const record = this.record(source.key);
    if (record === undefined) return;
    const entry = { request, incarnation: record.incarnation };
    if (isTarget(record, bucket, keys[0])) record.copies.push(entry);
    if (bucket === SCHEDULE_BUCKET && keys[0] === DEAD + record.id) record.deadCopies.push(entry);
  }

  #changed(request: StoreRequest, { ref, change }: Change): void {
    const record = ref.bucket === SCHEDULE_BUCKET ? this.record(ref.key) : undefined;
    if (record === undefined) return;
    if (change === "written") {
      record.wasAbsent = !record.isPresent;
      if (record.wasAbsent) record.incarnation += 1;
      record.isPresent = true;
      record.writes.push(request);
    } else {
      record.isPresent = false;
      record.removals.push({ request, incarnation: record.incarnation });
    }
  }
}

/** Whether an event was put under a name. */
export function isOfName({ deliveryId }: EventRecord, name: string | undefined): boolean {
  return name !== undefined && deliveryId?.startsWith(`${name};`) === true;
}

function isTarget({ to }: EventRecord, bucket: string, key: string | undefined): boolean {
  return to.bucket === bucket && to.key === key;
}
