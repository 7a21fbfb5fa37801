import { setTimeout as sleep } from "node:timers/promises";
import { createSweeper, type SweepEvent } from "@keywhen/core";
import { isStoreError, type ObjectStore } from "@keywhen/core/store";
import { type Fault, faultName, startFaultProxy } from "@keywhen/test-servers";
import type { CephBed } from "./ceph-bed.js";
import { drain } from "./drain.js";
import type { EventRecord } from "./ledger.js";
import { faultsAtRandom, NETWORK_FAULTS, seededRandom } from "./network-faults.js";
import { LEASE, openStore, SCHEDULE, TARGET } from "./store-place.js";
import { judge, namesUnder, type Verdict } from "./verdict.js";
import { scheduleIn, schedulerOf } from "./writer.js";

export interface NetworkOptions {
  /** For each kind of fault. */
  readonly events: number;
  readonly seed: number;
  /** The names of the faults to try. @default each of them, and all together */
  readonly kinds?: readonly string[] | undefined;
}

/** Events that are not for now are due after this time. A cancel must come 4 s before that. */
const AHEAD_MS = 8_000;
/** Then what failed waits out its back-off of a minute, and is delivered in good order. */
const SWEEPING_LIMIT_MS = 30_000;

/** Schedules, cancels and sweeps through a proxy with each kind of fault by itself, then with all together. */
export async function faultyNetwork(
  bed: CephBed,
  { events, seed, kinds }: NetworkOptions,
): Promise<readonly Verdict[]> {
  const single = NETWORK_FAULTS.map((fault) => ({ name: faultName(fault), faults: [fault] }));
  const lanes = [...single, { name: "mixed", faults: NETWORK_FAULTS }];
  const chosen = lanes.filter(({ name }) => kinds?.includes(name) ?? true);
  return Promise.all(
    chosen.map(({ name, faults }, index) => {
      const random = seededRandom(seed + index);
      return throughFaults(bed, { name, faults, events, random });
    }),
  );
}

interface Lane {
  readonly name: string;
  readonly faults: readonly Fault[];
  readonly events: number;
  readonly random: () => number;
}

async function throughFaults(bed: CephBed, lane: Lane): Promise<Verdict> {
  const { name, faults, random } = lane;
  const decide = faultsAtRandom(faults, random);
  const proxy = await startFaultProxy({ target: bed.gateway.endpoint, decide });
  const { store, close } = await openStore({ ...bed.place, endpoint: proxy.url }, name);
  const unsure = new Set<string>();
  try {
    const written = writeAll(bed, store, lane);
    await sweepUntilEmpty({ bed, store, root: name, written, onUnsure: (key) => unsure.add(key) });
    await written;
  } finally {
    close();
    await proxy.close();
  }
  await drain(bed, [name]);
  const requests = [...proxy.counts].filter(([fault]) => fault !== "none");
  return judge(bed, {
    run: `faulty-network, ${name}`,
    roots: [name],
    faults: requests.reduce((sum, [, count]) => sum + count, 0),
    mayRepeat: (record) => unsure.has(record.key),
  });
}

async function writeAll(
  { ledger }: CephBed,
  store: ObjectStore,
  { name, events }: Lane,
): Promise<void> {
  const scheduler = schedulerOf({ store }, name);
  const records = Array.from({ length: events }, () => ledger.add(name));
  await Promise.all(
    records.map(async (record, index) => {
      if (index % 3 === 0) return void (await scheduleIn(scheduler, record, { in: "0ms" }));
      const deliveryId = `chosen-${record.number}`;
      const id = await scheduleIn(scheduler, record, {
        at: new Date(Date.now() + AHEAD_MS),
        deliveryId,
      });
      if (index % 3 === 1 || id === undefined || record.scheduled !== "scheduled") return;
      record.cancel = await cancelIn(scheduler, id);
    }),
  );
}

async function cancelIn(
  scheduler: ReturnType<typeof schedulerOf>,
  id: string,
): Promise<EventRecord["cancel"]> {
  try {
    return (await scheduler.cancel(id)).outcome;
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return "failed";
  }
}

interface Sweeping {
  readonly bed: CephBed;
  readonly store: ObjectStore;
  readonly root: string;
  readonly written: Promise<void>;
  /** Receives the target's key of each event whose copy or delete was not certain. */
  readonly onUnsure: (key: string) => void;
}

async function sweepUntilEmpty(sweeping: Sweeping): Promise<void> {
  const { bed, store, root, written, onUnsure } = sweeping;
  const observe = (event: SweepEvent) => {
    if (event.type === "failed" && !event.error.undecided) return;
    const isUnsure = ["failed", "repeated", "undeleted"].includes(event.type);
    if (isUnsure && "id" in event) onUnsure(targetKeyIn(event.id));
  };
  const home = { store, bucket: SCHEDULE, root, leaseDuration: LEASE } as const;
  const sweeper = createSweeper({ ...home, allowTargets: [`${TARGET}/*`], observe });
  const start = performance.now();
  let isWritten = false;
  written.then(
    () => {
      isWritten = true;
    },
    () => {},
  ); // the caller gets the error
  const isOver = async () =>
    isWritten &&
    performance.now() - start > AHEAD_MS &&
    (await namesUnder(bed, [root], "pending")).length === 0;
  while (performance.now() - start < SWEEPING_LIMIT_MS && !(await isOver())) {
    await sweeper.sweep().catch(unlessOfStore);
    await sleep(100);
  }
}

/** The next sweep repeats one whose listing failed. */
function unlessOfStore(error: unknown): void {
  if (!isStoreError(error)) throw error;
}

function targetKeyIn(id: string): string {
  return id.split("|")[2] ?? "";
}
