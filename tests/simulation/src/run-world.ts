import type { ScheduleLocation } from "@keywhen/core";
import type { Destination } from "@keywhen/core/destination";
import type { ObjectRef } from "@keywhen/core/store";
import type { Activity } from "./activity.js";
import { startConsumer } from "./actors/consumer.js";
import type { Process } from "./actors/process.js";
import { startSweepers } from "./actors/sweeper-host.js";
import { startWriters } from "./actors/writer.js";
import { outcomeOf, resultText } from "./call-outcome.js";
import type { CoreUnderTest } from "./core-under-test.js";
import type { FaultCounts } from "./faults.js";
import { putInitialObjects } from "./initial-objects.js";
import { INVARIANTS } from "./invariants/all.js";
import { waits } from "./invariants/comes-to-an-end.js";
import { type LeaseHistories, leaseHistories } from "./invariants/lease-history.js";
import { isAtRest } from "./invariants/schedules/comes-to-rest.js";
import type { View, Watcher } from "./invariants/watcher.js";
import { createJournal, type Journal } from "./journal.js";
import { Ledger } from "./ledger.js";
import { createNetwork } from "./network.js";
import type { DestinationPlan, Plan } from "./plan.js";
import { prngOf } from "./prng.js";
import { PROFILES, type Profile } from "./profiles.js";
import { ROOT, SCHEDULE_BUCKET } from "./schedule-keys.js";
import { ScheduleLedger } from "./schedule-ledger.js";
import { connect } from "./store/connection.js";
import { destinationFor } from "./store/receiver.js";
import { type StoredObjects, storedObjects } from "./store/stored-objects.js";
import { type VirtualTime, virtualTime } from "./virtual-time.js";
import type { World } from "./world.js";
import { useZoneData } from "./zone-data.js";

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
  /** `undefined` unless the caller asked for a journal. */
  readonly journal: Journal | undefined;
}

const CHECK_MS = 60_000;
/** A destination without events. */
const IDLE: Destination = { deliver: async () => ({ outcome: "delivered" }) };
/** Longer than the longest back-off, the longest freeze and the oldest age of a world together. */
const LONGEST_AFTERMATH_MS = 30 * 3_600_000;

/** Until the schedule is empty, or a promise is broken. */
export async function runWorld(
  plan: Plan,
  core: CoreUnderTest,
  { keepsJournal = false }: { readonly keepsJournal?: boolean } = {},
): Promise<WorldResult> {
  return new SimulatedWorld(plan, core, keepsJournal).runToEnd();
}

class SimulatedWorld implements World {
  readonly plan: Plan;
  readonly core: CoreUnderTest;
  readonly time: VirtualTime;
  readonly objects: StoredObjects;
  readonly ledger: Ledger;
  readonly schedules: ScheduleLedger;
  readonly journal: Journal | undefined;
  readonly #profile: Profile;
  readonly #leases: LeaseHistories;
  readonly #watchers: Watcher[];
  readonly #network: ReturnType<typeof createNetwork>;
  readonly #healedMs: number;
  readonly #faults: FaultCounts = {};
  readonly #activities: Activity[] = [];
  readonly #callsUnderWay = new Map<Process, number>();
  readonly #healers: (() => void)[] = [];
  #violation: Violation | undefined;
  #isOver = false;

  constructor(plan: Plan, core: CoreUnderTest, keepsJournal: boolean) {
    this.plan = plan;
    this.core = core;
    this.time = virtualTime(plan.startMs);
    this.#profile = PROFILES[plan.profile];
    this.objects = storedObjects(prngOf(plan.seed, "pages").pick([3, 10, 1_000]));
    this.ledger = new Ledger();
    this.schedules = new ScheduleLedger(plan, this.objects);
    this.journal = keepsJournal ? createJournal(this.time.now) : undefined;
    this.#leases = leaseHistories(this.objects);
    this.#healedMs = plan.startMs + plan.chaosMs;
    const view = this.#createView();
    this.#watchers = INVARIANTS.map((invariant) => invariant(view));
    this.#network = this.#createNetwork();
  }

  async runToEnd(): Promise<WorldResult> {
    this.#start();
    await this.time.run(() => this.#isOver || this.#violation !== undefined);
    if (this.#violation === undefined) {
      for (const watcher of this.#watchers) watcher.atEnd?.(this.#activities);
    }
    const records = [...this.ledger.records.values()];
    return {
      violation: this.#violation,
      faults: this.#faults,
      delivered: [...records, ...this.schedules.records.values()].reduce(
        (sum, { copies }) => sum + copies.length,
        0,
      ),
      requests: this.#network.nextNumber() - 1,
      journal: this.journal,
    };
  }

  async run(activity: Activity, call: (home: ScheduleLocation) => Promise<string>): Promise<void> {
    const { process } = activity;
    this.#activities.push(activity);
    this.ledger.called(activity);
    this.schedules.called(activity);
    this.#callsUnderWay.set(process, (this.#callsUnderWay.get(process) ?? 0) + 1);
    useZoneData(process.zoneChange);
    activity.result = await outcomeOf(() => call(this.#homeFor(activity)));
    activity.endedMs = this.time.now();
    this.#callsUnderWay.set(process, (this.#callsUnderWay.get(process) ?? 1) - 1);
    this.ledger.called(activity);
    this.journal?.note(activity.key, `${activity.name} ended: ${resultText(activity)}`);
    for (const watcher of this.#watchers) watcher.ended?.(activity);
  }

  destinationsOf(activity: Activity): Readonly<Record<string, Destination>> {
    const isHealed = () => this.#isHealed();
    const parts = { network: this.#network, ledger: this.ledger, isHealed };
    const of = (plan: DestinationPlan) => destinationFor(parts, () => activity, plan);
    const { destinations, idleDestinations } = this.plan;
    const idle = Array.from({ length: idleDestinations }, (_, at) => [`idle-${at}`, IDLE] as const);
    return Object.fromEntries([
      ...destinations.map((plan) => [plan.name, of(plan)] as const),
      ...idle,
    ]);
  }

  isBusy(process: Process): boolean {
    return process.isAlive && (this.#callsUnderWay.get(process) ?? 0) > 0;
  }

  whenHealed(action: () => void): void {
    this.#healers.push(action);
  }

  consumed(target: ObjectRef): void {
    for (const watcher of this.#watchers) watcher.consumed?.(target);
  }

  /** Actions planned for the same instant run in the order of these lines. */
  #start(): void {
    this.#deliverToConsumer();
    putInitialObjects(this.objects, this.plan);
    startWriters(this);
    startSweepers(this);
    this.time.at(this.#healedMs, () => {
      for (const heal of this.#healers) heal();
    });
    this.time.at(this.#healedMs + CHECK_MS, () => this.#checkEnd());
  }

  #deliverToConsumer(): void {
    const consumer = startConsumer(this);
    this.#watchers.push({
      executed: (request) => {
        const isDelivery =
          request.outcome === "copied" &&
          (this.ledger.deliveredBy(request) ?? this.schedules.deliveredBy(request));
        if (isDelivery) consumer.delivered(request);
      },
    });
  }

  #checkEnd(): void {
    const isLate = this.time.now() > this.#healedMs + LONGEST_AFTERMATH_MS;
    const isEmpty = ![...this.ledger.records.values()].some(waits);
    const isAnyBusy = [...this.#callsUnderWay.keys()].some((process) => this.isBusy(process));
    const isResting = [...this.schedules.records.values()].every((one) =>
      isAtRest(one, this.#healedMs),
    );
    const isQuiet = this.#network.underWay() === 0 && !isAnyBusy;
    this.#isOver = isLate || this.plan.sweepers.length === 0 || (isEmpty && isResting && isQuiet);
    this.time.at(this.time.now() + CHECK_MS, () => this.#checkEnd());
  }

  #createView(): View {
    return {
      plan: this.plan,
      profile: this.#profile,
      ledger: this.ledger,
      schedules: this.schedules,
      objects: this.objects,
      leases: this.#leases,
      now: this.time.now,
      isHealed: () => this.#isHealed(),
      violated: (promise, key, why) => this.#violated({ promise, key, why }),
    };
  }

  #createNetwork(): ReturnType<typeof createNetwork> {
    return createNetwork({
      plan: this.plan,
      profile: this.#profile,
      time: this.time,
      objects: this.objects,
      ledger: this.ledger,
      schedules: this.schedules,
      leases: this.#leases,
      journal: this.journal,
      watchers: this.#watchers,
      faults: this.#faults,
      isHealed: () => this.#isHealed(),
    });
  }

  #isHealed(): boolean {
    return this.time.now() >= this.#healedMs;
  }

  #violated(violation: Violation): void {
    this.#violation ??= violation;
    this.journal?.note(violation.key, `BROKEN ${violation.promise} ${violation.why}`);
  }

  #homeFor(activity: Activity): ScheduleLocation {
    return {
      store: connect(this.#network, () => activity),
      bucket: SCHEDULE_BUCKET,
      root: ROOT,
      clock: activity.process.clock,
      random: randomOf(this.plan.seed, activity.name),
    };
  }
}

function randomOf(seed: number, name: string): (bytes: number) => Uint8Array {
  const prng = prngOf(seed, `random of ${name}`);
  return (bytes) => Uint8Array.from({ length: bytes }, () => prng.between(0, 255));
}
