import type { Activity } from "../activity.js";
import { ROOT, SCHEDULE_BUCKET } from "../plan.js";
import type { StoreRequest } from "../store/store-request.js";
import type { StoredObjects } from "../store/stored-objects.js";

/** The lease object as it lies in the store. */
export interface Lease {
  readonly holders: readonly Holder[];
  readonly sweptThroughMs: number | undefined;
  readonly uncleanMs: number | undefined;
}

interface Holder {
  readonly owner: string;
  readonly untilMs: number;
  readonly expiresMs: number;
}

/** What became of the lease, write by write. */
export interface LeaseHistory {
  /** As the last write left it. */
  readonly now: Lease;
  /** As it was before that. */
  readonly before: Lease;
  /** Takes an executed request in. */
  note(request: StoreRequest): void;
  /** The name by which a sweep entered itself. */
  ownerOf(activity: Activity): string | undefined;
  /** The lease as a sweep wrote it when it entered itself. */
  takenBy(activity: Activity): Lease | undefined;
}

export const LEASE_KEY = `${ROOT}/lease/sweep.json`;
const NOBODY: Lease = { holders: [], sweptThroughMs: undefined, uncleanMs: undefined };

export function leaseHistory(objects: StoredObjects): LeaseHistory {
  let now = NOBODY;
  let before = NOBODY;
  const owners = new Map<Activity, string>();
  const taken = new Map<Activity, Lease>();
  return {
    get now() {
      return now;
    },
    get before() {
      return before;
    },
    note(request) {
      if (!wroteLease(request)) return;
      const { activity } = request;
      before = now;
      now = parseLease(objects.get({ bucket: SCHEDULE_BUCKET, key: LEASE_KEY })?.bytes);
      const known = new Set(before.holders.map(({ owner }) => owner));
      const entered = now.holders.find(({ owner }) => !known.has(owner));
      if (entered === undefined) return;
      owners.set(activity, entered.owner);
      taken.set(activity, now);
    },
    ownerOf: (activity) => owners.get(activity),
    takenBy: (activity) => taken.get(activity),
  };
}

export function wroteLease({ kind, keys, outcome }: StoreRequest): boolean {
  return kind === "put" && keys[0] === LEASE_KEY && outcome === "written";
}

interface LeaseJson {
  readonly holders?: readonly { owner: string; until: string; expires: string }[];
  readonly sweptThrough?: string;
  readonly unclean?: string;
}

/** By hand and not by the core, which is what is on trial. */
function parseLease(bytes: Uint8Array | undefined): Lease {
  if (bytes === undefined) return NOBODY;
  const json: LeaseJson = JSON.parse(new TextDecoder().decode(bytes));
  const holders = (json.holders ?? []).map(({ owner, until, expires }) => ({
    owner,
    untilMs: Date.parse(until),
    expiresMs: Date.parse(expires),
  }));
  return {
    holders,
    sweptThroughMs: json.sweptThrough === undefined ? undefined : Date.parse(json.sweptThrough),
    uncleanMs: json.unclean === undefined ? undefined : Date.parse(json.unclean),
  };
}
