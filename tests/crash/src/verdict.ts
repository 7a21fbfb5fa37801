import type { EventRecord, TargetRecord } from "./ledger.js";
import { SCHEDULE } from "./store-place.js";
import { lookAt, type TestBed } from "./test-bed.js";

/** One line of the table, and what of the promises did not hold. */
export interface Verdict {
  readonly run: string;
  /** Confirmed by `schedule`. */
  readonly scheduled: number;
  /** `schedule` could not say, failed or came too late: they may be delivered, or not. */
  readonly unsure: number;
  /** Confirmed by `cancel`. */
  readonly cancelled: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly dead: number;
  /** Killed sweepers, stopped servers or faulty requests. */
  readonly faults: number;
  readonly broken: readonly string[];
}

export interface Judging {
  readonly run: string;
  readonly roots: readonly string[];
  readonly faults: number;
  /** Whether an event may have arrived more than once. */
  readonly mayRepeat: (record: EventRecord) => boolean;
}

/** Compares the answers that the writers got with what was seen at the targets. */
export async function judge(bed: TestBed, judging: Judging): Promise<Verdict> {
  await bed.lookedAt();
  const { run, roots, faults, mayRepeat } = judging;
  const events = bed.ledger.events.filter(({ root }) => roots.includes(root));
  const dead = await namesUnder(bed, roots, "dead");
  await lookForUntold(bed, events);
  const arrived = events.filter(({ arrivals }) => arrivals.length > 0);
  const confirmed = events.filter(({ scheduled }) => scheduled === "scheduled");
  const lost = confirmed.filter(isLost);
  const repeated = arrived.filter(({ arrivals }) => arrivals.length > 1);
  const waiting = await namesUnder(bed, roots, "pending");
  const wrong: Readonly<Record<string, readonly EventRecord[]>> = {
    "confirmed and never delivered": lost,
    "delivered twice without a reason": repeated.filter((record) => !mayRepeat(record)),
    "delivered under two ids": events.filter(({ seenIds }) => seenIds.size > 1),
    "delivered under another id": events.filter(hasOtherId),
    "delivered with another body": events.filter(({ isDamaged }) => isDamaged),
    "cancelled and delivered": arrived.filter(({ cancel }) => cancel === "cancelled"),
  };
  const broken = [
    ...Object.entries(wrong).flatMap(([what, records]) => described(records, what)),
    ...(waiting.length > 0 ? [`${waiting.length} still wait: ${waiting[0]}`] : []),
    ...(dead.length > 0 ? [`${dead.length} are dead letters: ${dead[0]}`] : []),
  ];
  return {
    run,
    scheduled: confirmed.length,
    unsure: events.length - confirmed.length,
    cancelled: events.filter(({ cancel }) => cancel === "cancelled").length,
    delivered: arrived.length,
    lost: lost.length,
    duplicated: repeated.length,
    dead: dead.length,
    faults,
    broken,
  };
}

/** A server that dies or is overloaded may not report a copy, which is then still at its target. */
export async function lookForUntold(
  { store }: TestBed,
  records: readonly TargetRecord[],
): Promise<void> {
  for (const record of records.filter(({ arrivals }) => arrivals.length === 0)) {
    const isThere = await lookAt(store, record);
    if (isThere) record.arrivals.push({ atMs: performance.now(), maker: undefined });
  }
}

/** An event that may have been cancelled may be missing. */
function isLost({ arrivals, cancel }: EventRecord): boolean {
  return arrivals.length === 0 && cancel !== "cancelled" && cancel !== "undecided";
}

function hasOtherId({ seenIds, deliveryId }: EventRecord): boolean {
  return deliveryId !== undefined && seenIds.size > 0 && !seenIds.has(deliveryId);
}

function described(events: readonly EventRecord[], what: string): string[] {
  if (events.length === 0) return [];
  const numbers = events.slice(0, 5).map(({ number }) => number);
  return [
    `${events.length} ${what}: events ${numbers.join(", ")}${events.length > 5 ? ", …" : ""}`,
  ];
}

/** Waiting events of all shards, or dead letters. */
export async function namesUnder(
  { store }: TestBed,
  roots: readonly string[],
  folder: "pending" | "dead",
): Promise<readonly string[]> {
  const pages = await Promise.all(
    roots.map((root) => store.list({ bucket: SCHEDULE, prefix: `${root}/${folder}` })),
  );
  return pages.flatMap(({ objects }) => objects.map(({ key }) => key));
}
