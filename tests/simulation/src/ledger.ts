import { parseEventId } from "@keywhen/core";
import type { ObjectRef } from "@keywhen/core/store";
import type { Activity } from "./activity.js";
import { idOfKey, isPendingKey, PENDING, ROOT, SCHEDULE_BUCKET } from "./plan.js";
import type { Change, StoreRequest } from "./store/store-request.js";

/** What truly happened to one key of the schedule. */
export interface EventRecord {
  readonly key: string;
  readonly id: string;
  readonly atMs: number;
  readonly to: ObjectRef;
  readonly deliveryId: string | undefined;
  isPresent: boolean;
  /** Before its last write. */
  wasAbsent: boolean;
  /** How many times the key came into being. */
  incarnation: number;
  readonly writes: StoreRequest[];
  /** Executed copies to its target, with the incarnation that was copied. */
  readonly copies: Copy[];
  /** Executed copies to `dead/`. */
  readonly burials: Copy[];
  readonly removals: Copy[];
  /** Calls about this key, in the order in which they began. */
  readonly calls: Activity[];
}

export interface Copy {
  readonly request: StoreRequest;
  readonly incarnation: number;
}

/** The true history of every event's key. */
export interface Ledger {
  readonly records: ReadonlyMap<string, EventRecord>;
  record(key: string): EventRecord | undefined;
  /** The key of an event, wherever it lies or lay; in no shard if it was never stored. */
  keyOf(id: string): string;
  /** The record of a copy's source, if the request delivers it; of any other request undefined. */
  deliveredBy(request: StoreRequest): EventRecord | undefined;
  /** A call about an event has begun, or has told which event it was about. */
  called(activity: Activity): void;
  executed(request: StoreRequest, changes: readonly Change[]): void;
}

export const DEAD = `${ROOT}/dead/`;

export function createLedger(): Ledger {
  const records = new Map<string, EventRecord>();

  const recordOf = (key: string): EventRecord | undefined => {
    const known = records.get(key);
    if (known !== undefined || !isPendingKey(key)) return known;
    const id = idOfKey(key);
    const parsed = parseEventId(id);
    if (parsed === undefined) return undefined;
    const { at, to, deliveryId } = parsed;
    const lists = { writes: [], copies: [], burials: [], removals: [], calls: [] };
    const fresh = {
      key,
      id,
      atMs: at.getTime(),
      to,
      deliveryId,
      isPresent: false,
      wasAbsent: true,
      incarnation: 0,
    };
    const record: EventRecord = { ...fresh, ...lists };
    records.set(key, record);
    return record;
  };

  const changed = (request: StoreRequest, { ref, change }: Change) => {
    const record = ref.bucket === SCHEDULE_BUCKET ? recordOf(ref.key) : undefined;
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
  };

  const copied = (request: StoreRequest) => {
    const { source, bucket, keys } = request;
    if (source?.bucket !== SCHEDULE_BUCKET) return;
    const record = recordOf(source.key);
    if (record === undefined) return;
    const entry = { request, incarnation: record.incarnation };
    if (isTarget(record, bucket, keys[0])) record.copies.push(entry);
    if (bucket === SCHEDULE_BUCKET && keys[0] === DEAD + record.id) record.burials.push(entry);
  };

  return {
    records,
    record: recordOf,
    keyOf(id) {
      const known = [...records.values()].find((one) => one.id === id && one.writes.length > 0);
      return known?.key ?? PENDING + id;
    },
    deliveredBy({ kind, source, bucket, keys }) {
      if ((kind !== "copy" && kind !== "move") || source?.bucket !== SCHEDULE_BUCKET)
        return undefined;
      const record = recordOf(source.key);
      return record !== undefined && isTarget(record, bucket, keys[0]) ? record : undefined;
    },
    called(activity) {
      const calls = activity.key === undefined ? undefined : recordOf(activity.key)?.calls;
      if (calls?.includes(activity) === false) calls.push(activity);
    },
    executed(request, changes) {
      if (request.outcome === "copied") copied(request);
      for (const change of changes) changed(request, change);
    },
  };
}

function isTarget({ to }: EventRecord, bucket: string, key: string | undefined): boolean {
  return to.bucket === bucket && to.key === key;
}
