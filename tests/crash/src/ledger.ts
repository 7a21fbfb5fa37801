/** One event: the answers that its writer got, and what was seen at its target. */
export interface EventRecord {
  readonly number: number;
  /** The root that it waits in. */
  readonly root: string;
  /** What `schedule` said. */
  scheduled?: "scheduled" | "too-late" | "undecided" | "failed" | undefined;
  deliveryId?: string | undefined;
  /** What `cancel` said, if it was asked. */
  cancel?: "cancelled" | "not-found" | "too-late" | "undecided" | "failed" | undefined;
  /** The copies that appeared at the target, in their order. */
  readonly arrivals: Arrival[];
  /** The delivery ids that the copies carried. */
  readonly seenIds: Set<string | undefined>;
  /** A copy had another body than the one scheduled. */
  isDamaged: boolean;
}

interface Arrival {
  /** Of `performance.now()`. */
  readonly atMs: number;
  /** The name of the sweeper that made the copy, where the store reports it. */
  readonly maker: string | undefined;
}

/** What was asked and what came of it, for all events of one run. */
export interface Ledger {
  readonly events: readonly EventRecord[];
  add(root: string): EventRecord;
  /** The event whose target has this key. */
  at(key: string): EventRecord | undefined;
  /** How many events of a root are on their way: being scheduled, or scheduled and not seen yet. */
  readonly outstanding: (root: string) => number;
}

export function createLedger(): Ledger {
  const events: EventRecord[] = [];
  const underWay = new Map<string, EventRecord[]>();
  return {
    events,
    add(root) {
      const number = events.length;
      const record = { number, root, arrivals: [], seenIds: new Set<string>(), isDamaged: false };
      events.push(record);
      underWay.set(root, [...(underWay.get(root) ?? []), record]);
      return record;
    },
    at: (key) => events[Number(/^event-(\d+)$/.exec(key)?.[1] ?? Number.NaN)],
    outstanding(root) {
      const still = (underWay.get(root) ?? []).filter(isUnderWay);
      underWay.set(root, still);
      return still.length;
    },
  };
}

function isUnderWay({ scheduled, arrivals, cancel }: EventRecord): boolean {
  const mayCome = scheduled === undefined || scheduled === "scheduled";
  return mayCome && arrivals.length === 0 && cancel === undefined;
}

export function targetKey({ number }: EventRecord): string {
  return `event-${number}`;
}

/** From 60 bytes to 30 KB, another one for each event. */
export function bodyOf({ number }: EventRecord): string {
  const lines = 1 + (number % 5) * 120;
  return `event ${number} is due, and this line says so to its very end.\n`.repeat(lines);
}
