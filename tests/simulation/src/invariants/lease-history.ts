import type { Activity } from "../activity.js";
import { ROOT, SCHEDULE_BUCKET, shardOfKey } from "../schedule-keys.js";
import type { StoreRequest } from "../store/store-request.js";
import type { StoredObjects } from "../store/stored-objects.js";

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

export interface LeaseHistory {
  readonly now: Lease;
  readonly before: Lease;
  note(request: StoreRequest): void;
  /** The names of a sweep in the lease; `start()` has several. */
  ownersOf(activity: Activity): ReadonlySet<string>;
  /**
   * The lease that a sweep knows: when it entered itself, or at its last read. What it read in order to renew it counts only
   * when the renewal is answered.
   */
  knownTo(activity: Activity): Lease | undefined;
  sent(request: StoreRequest): void;
  answered(request: StoreRequest): void;
}

export interface LeaseHistories extends Pick<LeaseHistory, "sent" | "note" | "answered"> {
  /** The lease that says who sweeps the place of a key: an event's, a listing's prefix, or the lease's own. */
  of(key: string): LeaseHistory;
}

export function leaseHistories(objects: StoredObjects): LeaseHistories {
  const histories = new Map<string, LeaseHistory>();
  const of = (key: string) => {
    const shard = shardOfKey(key);
    const history = histories.get(shard) ?? leaseHistory(objects, leaseKeyOf(shard));
    histories.set(shard, history);
    return history;
  };
  const concerned = ({ keys }: StoreRequest) => (isLease(keys[0]) ? of(keys[0] ?? "") : undefined);
  return {
    of,
    sent: (request) => concerned(request)?.sent(request),
    note: (request) => concerned(request)?.note(request),
    answered: (request) => concerned(request)?.answered(request),
  };
}

function leaseKeyOf(shard: string): string {
  return `${ROOT}/lease/sweep${shard === "" ? "" : `.${shard}`}.json`;
}

export function isLease(key: string | undefined): boolean {
  return key?.startsWith(`${ROOT}/lease/`) === true;
}

const NO_NAMES: ReadonlySet<string> = new Set();
const NO_LEASE: Lease = { holders: [], sweptThroughMs: undefined, uncleanMs: undefined };

function leaseHistory(objects: StoredObjects, leaseKey: string): LeaseHistory {
  let now = NO_LEASE;
  let before = NO_LEASE;
  const owners = new Map<Activity, Set<string>>();
  const known = new Map<Activity, Lease>();
  const knownBefore = new Map<Activity, Lease>(); // the last reading
  const toBeKnown = new Map<StoreRequest, Lease>(); // once the renewal is answered
  const read = new WeakMap<StoreRequest, Lease>();
  return {
    get now() {
      return now;
    },
    get before() {
      return before;
    },
    note(request) {
      const { activity, kind, keys } = request;
      if (kind === "get" && keys[0] === leaseKey) read.set(request, now);
      if (!wroteLease(request)) return;
      before = now;
      now = parseLease(objects.get({ bucket: SCHEDULE_BUCKET, key: leaseKey })?.bytes);
      const others = new Set(before.holders.map(({ owner }) => owner));
      const entered = now.holders.find(({ owner }) => !others.has(owner));
      if (entered === undefined) return;
      owners.set(activity, (owners.get(activity) ?? new Set()).add(entered.owner));
      known.set(activity, now);
    },
    sent(request) {
      const { activity, kind } = request;
      const [lease, before] = [known.get(activity), knownBefore.get(activity)];
      if (kind !== "put" || lease === undefined || before === undefined) return;
      toBeKnown.set(request, lease);
      known.set(activity, before);
    },
    answered(request) {
      const { activity, answer } = request;
      if (!owners.has(activity) || answer?.isError !== false) return;
      const lease = read.get(request) ?? toBeKnown.get(request);
      const before = known.get(activity);
      if (lease === undefined || before === undefined) return;
      knownBefore.set(activity, before);
      known.set(activity, lease);
    },
    ownersOf: (activity) => owners.get(activity) ?? NO_NAMES,
    knownTo: (activity) => known.get(activity),
  };
}

export function wroteLease({ kind, keys, outcome }: StoreRequest): boolean {
  return kind === "put" && isLease(keys[0]) && outcome === "written";
}

interface LeaseJson {
  readonly holders?: readonly { owner: string; until: string; expires: string }[];
  readonly sweptThrough?: string;
  readonly unclean?: string;
}

/** By hand and not by the core, which is what is on trial. */
function parseLease(bytes: Uint8Array | undefined): Lease {
  if (bytes === undefined) return NO_LEASE;
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
