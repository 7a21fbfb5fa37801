import { hasCode } from "@keywhen/core";
import type { PutCondition } from "@keywhen/core/store";
import type { Activity } from "./activity.js";
import {
  CURSED_KINDS,
  type Curse,
  drawCurse,
  drawFate,
  type FaultCounts,
  type FaultKind,
  NEVER,
  type RequestFault,
} from "./faults.js";
import { type LeaseHistories, type LeaseHistory, wroteLease } from "./invariants/lease-history.js";
import type { Watcher } from "./invariants/watcher.js";
import type { Journal } from "./journal.js";
import type { Ledger } from "./ledger.js";
import type { Plan } from "./plan.js";
import { type Prng, prngOf } from "./prng.js";
import type { Profile } from "./profiles.js";
import { JOURNAL } from "./schedule-keys.js";
import type { ScheduleLedger } from "./schedule-ledger.js";
import { admission } from "./store/admission.js";
import type { Network, Race } from "./store/connection.js";
import { executionOf } from "./store/execute.js";
import type { Change, StoreRequest } from "./store/store-request.js";
import type { StoredObjects } from "./store/stored-objects.js";
import type { VirtualTime } from "./virtual-time.js";

export interface NetworkParts {
  readonly plan: Plan;
  readonly profile: Profile;
  readonly time: VirtualTime;
  readonly objects: StoredObjects;
  readonly ledger: Ledger;
  readonly schedules: ScheduleLedger;
  readonly leases: LeaseHistories;
  readonly journal: Journal | undefined;
  readonly watchers: readonly Watcher[];
  readonly faults: FaultCounts;
  readonly isHealed: () => boolean;
}

/** Carries requests and answers through faults, and calls the watchers. */
export function createNetwork(parts: NetworkParts): Network & { underWay(): number } {
  const { plan, profile, time, objects, ledger, schedules, leases, journal, watchers, isHealed } =
    parts;
  const luckOf = new WeakMap<Activity, Luck>();
  const racing = new Map<string, number>();
  let requests = 0;
  let underWay = 0;
  let changes: Change[] = [];

  const count = (fault: FaultKind) => {
    parts.faults[fault] = (parts.faults[fault] ?? 0) + 1;
  };
  const execution = executionOf({
    objects,
    profile,
    now: time.now,
    admit: admission(plan.outages, time.now, () => count("outages")),
    changed: (change) => void changes.push(change),
  });
  const luckFor = (activity: Activity) => {
    const luck = luckOf.get(activity) ?? drawLuck(plan, activity);
    luckOf.set(activity, luck);
    return luck;
  };
  const isOff = (fault: RequestFault) => plan.without.has(fault);

  return {
    time,
    profile,
    execution,
    underWay: () => underWay,
    nextNumber: () => ++requests,
    fateOf(activity, kind) {
      const { prng, curse } = luckFor(activity);
      const rates = isHealed() ? undefined : plan.rates;
      const cursedWith = rates && curse?.kind === kind ? curse.fault : undefined;
      const fate = drawFate(prng, rates, cursedWith, isOff);
      if (fate.fault !== undefined) {
        count(fate.fault);
        activity.faults += 1;
      }
      return fate;
    },
    fateOfPut: (key) =>
      plan.keptJournal === "hangs" && key.startsWith(JOURNAL) && !isHealed() ? NEVER : undefined,
    sent(request) {
      request.activity.requests += 1;
      if (request.fate.executesAfterMs !== undefined) underWay += 1;
      journal?.note(request.keys[0], `${describe(request)} sent${fateText(request)}`);
      leases.sent(request);
      for (const watcher of watchers) watcher.sent?.(request);
    },
    execute(request, act) {
      changes = [];
      underWay -= 1;
      request.executedMs = time.now();
      try {
        const value = act();
        request.outcome = outcomeOf(value);
        return value;
      } catch (error) {
        request.outcome = String(error);
        if (hasCode(error, "throttled")) request.activity.faults += 1; // an outage, which is sent again
        throw error;
      } finally {
        const done = changes;
        journal?.note(request.keys[0], `${describe(request)} executed: ${request.outcome}`);
        ledger.executed(request, done);
        schedules.executed(request, done);
        leases.note(request);
        if (journal !== undefined && wroteLease(request)) {
          const [key = ""] = request.keys;
          journal.note(key, leaseText(leases.of(key)));
        }
        for (const watcher of watchers) watcher.executed?.(request, done);
      }
    },
    vanished(request) {
      underWay -= 1;
      journal?.note(request.keys[0], `${describe(request)} vanished`);
    },
    answered(request) {
      noteListed(request);
      leases.answered(request);
      journal?.note(request.keys[0], `${describe(request)} answered: ${answerText(request)}`);
      for (const watcher of watchers) watcher.answered?.(request);
    },
    raced(request, outcome, condition) {
      const race = drawRace(profile, request, outcome, condition, racing, time.now());
      if (race === undefined || plan.without.has("races")) return undefined;
      count("races");
      return race;
    },
  };
}

interface Luck {
  readonly prng: Prng;
  readonly curse: Curse | undefined;
}

/** Writers call less often, so more of their calls are cursed. */
const CURSED_CALLS = { chance: 0.2, kinds: CURSED_KINDS };

function drawLuck({ seed, rates, cursedSweeps }: Plan, { name, kind }: Activity): Luck {
  const prng = prngOf(seed, name);
  const isCalm = Object.values(rates).every((rate) => rate === 0);
  const { chance, kinds } = kind === "sweep" ? cursedSweeps : CURSED_CALLS;
  return { prng, curse: drawCurse(prng, isCalm ? 0 : chance, kinds) };
}

/** Puts closer together than this can meet. */
const RACE_MS = 200;

function drawRace(
  { racingPuts }: Profile,
  { keys, fate }: StoreRequest,
  outcome: string,
  _condition: PutCondition,
  racing: Map<string, number>,
  nowMs: number,
): Race {
  const key = keys[0] ?? "";
  const lastMs = racing.get(key);
  racing.set(key, nowMs);
  const meets = lastMs !== undefined && nowMs - lastMs < RACE_MS;
  if (!meets || outcome === "written" || !fate.luck.chance(0.5)) return undefined;
  if (racingPuts === "conflict") return "conflict";
  return racingPuts === "server-error" ? "unavailable" : undefined;
}

function leaseText({ now: { holders, sweptThroughMs, uncleanMs } }: LeaseHistory): string {
  const at = (ms: number | undefined) => (ms === undefined ? "-" : new Date(ms).toISOString());
  const ranges = holders.map(
    ({ owner, untilMs, expiresMs }) => `${owner} until ${at(untilMs)}, ends ${at(expiresMs)}`,
  );
  return `lease: [${ranges.join("; ")}] swept through ${at(sweptThroughMs)}, unclean ${at(uncleanMs)}`;
}

function noteListed({ kind, answer, answeredMs = 0, activity }: StoreRequest): void {
  if (kind !== "list" || answer === undefined || answer.isError) return;
  const { value } = answer;
  if (typeof value !== "object" || value === null || !("objects" in value)) return;
  if (!Array.isArray(value.objects)) return;
  for (const object of value.objects) {
    const key = String(object.key);
    if (!activity.listed.has(key)) activity.listed.set(key, answeredMs);
  }
}

function outcomeOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value !== "object" || value === null) return String(value);
  if ("outcome" in value) return String(value.outcome);
  if (Array.isArray(value)) return value.map(outcomeOf).join(",");
  return "objects" in value && Array.isArray(value.objects)
    ? `${value.objects.length} keys`
    : "found";
}

function describe({ number, activity, kind, bucket, keys, source }: StoreRequest): string {
  const from = source === undefined ? "" : `${source.key} ⟶ `;
  return `${activity.process.name} ${activity.name} #${number} ${kind} ${from}${bucket}/${keys.join(" ")}`;
}

function fateText({ fate }: StoreRequest): string {
  if (fate.fault === undefined) return "";
  const isAboutSender = fate.fault === "crash" || fate.fault === "freeze";
  return isAboutSender ? ` (${fate.fault} when ${fate.moment})` : ` (${fate.fault})`;
}

function answerText({ answer }: StoreRequest): string {
  if (answer === undefined) return "nothing";
  return answer.isError ? String(answer.error.code) : outcomeOf(answer.value);
}
