import type { Home } from "@keywhen/core";
import type { Activity } from "./activity.js";
import { startConsumer } from "./actors/consumer.js";
import type { Process } from "./actors/process.js";
import { startSweepers } from "./actors/sweeper-host.js";
import { startWriters } from "./actors/writer.js";
import type { CoreUnderTest } from "./core-under-test.js";
import type { FaultCounts } from "./faults.js";
import { INVARIANTS } from "./invariants/all.js";
import { waits } from "./invariants/comes-to-an-end.js";
import { leaseHistories } from "./invariants/lease-history.js";
import type { View, Watcher } from "./invariants/watcher.js";
import { createJournal, type Journal } from "./journal.js";
import { createLedger } from "./ledger.js";
import { createNetwork } from "./network.js";
import { type Plan, ROOT, SCHEDULE_BUCKET } from "./plan.js";
import { prngOf } from "./prng.js";
import { PROFILES } from "./profiles.js";
import { connect } from "./store/connection.js";
import { storedObjects } from "./store/stored-objects.js";
import { virtualTime } from "./virtual-time.js";
import type { World } from "./world.js";

/** A promise that a world has seen broken. */
export interface Violation {
  readonly promise: string;
  readonly key: string | undefined;
  readonly why: string;
}

export interface WorldResult {
  readonly violation: Violation | undefined;
  readonly faults: FaultCounts;
  readonly delivered: number;
  readonly requests: number;
  /** `undefined` unless a journal was kept. */
  readonly journal: Journal | undefined;
}

const CHECK_MS = 60_000;
/** Longer than the longest back-off, the longest freeze and the oldest age of a world together. */
const LONGEST_AFTERMATH_MS = 30 * 3_600_000;

/** Runs a plan's world to its end, or to the first broken promise. */
export async function runWorld(
  plan: Plan,
  core: CoreUnderTest,
  { keepsJournal = false }: { readonly keepsJournal?: boolean } = {},
): Promise<WorldResult> {
  const time = virtualTime(plan.startMs);
  const profile = PROFILES[plan.profile];
  const objects = storedObjects(prngOf(plan.seed, "pages").pick([3, 10, 1_000]));
  const ledger = createLedger();
  const leases = leaseHistories(objects);
  const journal = keepsJournal ? createJournal(time.now) : undefined;
  const faults: FaultCounts = {};
  const activities: Activity[] = [];
  const busy = new Map<Process, number>();
  const healers: (() => void)[] = [];
  const healedMs = plan.startMs + plan.chaosMs;
  let violation: Violation | undefined;
  let isOver = false;

  const violated: View["violated"] = (promise, key, why) => {
    violation ??= { promise, key, why };
    journal?.note(key, `BROKEN ${promise} ${why}`);
  };
  const isHealed = () => time.now() >= healedMs;
  const view: View = {
    plan,
    profile,
    ledger,
    objects,
    leases,
    now: time.now,
    isHealed,
    violated,
  };
  const watchers: Watcher[] = INVARIANTS.map((invariant) => invariant(view));
  const network = createNetwork({
    plan,
    profile,
    time,
    objects,
    ledger,
    leases,
    journal,
    watchers,
    faults,
    isHealed,
  });

  const world: World = {
    plan,
    core,
    time,
    objects,
    ledger,
    journal,
    async run(activity, call) {
      activities.push(activity);
      ledger.called(activity);
      const { process } = activity;
      busy.set(process, (busy.get(process) ?? 0) + 1);
      const random = randomOf(plan.seed, activity.name);
      const home = {
        store: connect(network, () => activity),
        bucket: SCHEDULE_BUCKET,
        root: ROOT,
        clock: process.clock,
        random,
      };
      activity.told = await outcomeOf(call, home);
      activity.endedMs = time.now();
      busy.set(process, (busy.get(process) ?? 1) - 1);
      ledger.called(activity);
      journal?.note(activity.key, `${activity.name} is told: ${toldText(activity)}`);
      for (const watcher of watchers) watcher.ended?.(activity);
    },
    isBusy: (process) => process.isAlive && (busy.get(process) ?? 0) > 0,
    whenHealed: (action) => void healers.push(action),
    consumed: (ref) => {
      for (const watcher of watchers) watcher.consumed?.(ref);
    },
  };

  const consumer = startConsumer(world);
  watchers.push({
    executed(request) {
      if (request.outcome === "copied" && ledger.deliveredBy(request)) consumer.delivered(request);
    },
  });
  for (const key of plan.foreignKeys) objects.set({ bucket: SCHEDULE_BUCKET, key }, FOREIGN);
  if (plan.layout.length > 0) objects.set(LAYOUT, layoutObject(plan));
  startWriters(world);
  startSweepers(world);
  time.at(healedMs, () => {
    for (const heal of healers) heal();
  });
  const check = () => {
    const isLate = time.now() > healedMs + LONGEST_AFTERMATH_MS;
    const isEmpty = ![...ledger.records.values()].some(waits);
    const isQuiet = network.underWay() === 0 && ![...busy.keys()].some(world.isBusy);
    isOver = isLate || plan.sweepers.length === 0 || (isEmpty && isQuiet);
    time.at(time.now() + CHECK_MS, check);
  };
  time.at(healedMs + CHECK_MS, check);

  await time.run(() => isOver || violation !== undefined);
  if (violation === undefined) for (const watcher of watchers) watcher.atEnd?.(activities);
  return {
    violation,
    faults,
    delivered: [...ledger.records.values()].reduce((sum, { copies }) => sum + copies.length, 0),
    requests: network.nextNumber() - 1,
    journal,
  };
}

function toldText({ told, report }: Activity): string {
  if (report?.outcome !== "swept") return String(told);
  const { due, delivered, truncated, skewMs } = report;
  return `${told}: ${delivered} of ${due}, truncated ${truncated}, ahead by ${skewMs} ms`;
}

const LAYOUT = { bucket: SCHEDULE_BUCKET, key: `${ROOT}/layout.json` };

/** By hand and not by the core, which is what is on trial. */
function layoutObject({ layout }: Plan) {
  const numbers = layout.map(({ shards, fromMs }) => ({
    shards,
    from: new Date(fromMs).toISOString(),
  }));
  const bytes = new TextEncoder().encode(JSON.stringify({ version: 1, numbers }));
  return { ...FOREIGN, bytes, version: "layout" };
}

const FOREIGN = {
  bytes: new TextEncoder().encode("not an event"),
  version: "foreign",
  lastModifiedMs: 0,
  contentType: undefined,
  contentEncoding: undefined,
  cacheControl: undefined,
  metadata: {},
};

async function outcomeOf(call: (home: Home) => Promise<string>, home: Home): Promise<string> {
  try {
    return await call(home);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return `threw ${typeof code === "string" ? code : String(error)}`;
  }
}

function randomOf(seed: number, name: string): (bytes: number) => Uint8Array {
  const prng = prngOf(seed, `random of ${name}`);
  return (bytes) => Uint8Array.from({ length: bytes }, () => prng.between(0, 255));
}
