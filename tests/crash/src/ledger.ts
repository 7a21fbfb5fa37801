import { createOccurrences, type Occurrences } from "./recurring/occurrences.js";

/** What was seen at the target of an event, or of an occurrence of a recurring schedule. */
export interface TargetRecord {
  /** Different for each record of its kind. */
  readonly number: number;
  readonly key: string;
  /** The copies that appeared there, in their order. */
  readonly arrivals: Arrival[];
  /** Notes what a copy carries. */
  readonly note: (found: FoundCopy) => void;
}

export interface FoundCopy {
  readonly body: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** One event: the answers that its writer got, and what was seen at its target. */
export interface EventRecord extends TargetRecord {
  /** The root that it waits in. */
  readonly root: string;
  /** What `schedule` said. */
  scheduled?: "scheduled" | "too-late" | "undecided" | "failed" | undefined;
  deliveryId?: string | undefined;
  /** What `cancel` said, if it was asked. */
  cancel?: "cancelled" | "not-found" | "too-late" | "undecided" | "failed" | undefined;
  /** The delivery ids that the copies carried. */
  readonly seenIds: Set<string | undefined>;
  /** A copy had another body than the one scheduled. */
  isDamaged: boolean;
}

export interface Arrival {
  /** Of `performance.now()`. */
  readonly atMs: number;
  /** The name of the sweeper that made the copy, where the store reports it. */
  readonly maker: string | undefined;
}

/** What was asked and what came of it, for all events of one run. */
export interface Ledger {
  readonly events: readonly EventRecord[];
  readonly occurrences: Occurrences;
  add(root: string): EventRecord;
  /** The event or occurrence whose target has this key. */
  at(key: string): TargetRecord | undefined;
  /** How many events of a root are on their way: being scheduled, or scheduled and not seen yet. */
  readonly outstanding: (root: string) => number;
}

export function createLedger(): Ledger {
  const events: EventRecord[] = [];
  const underWay = new Map<string, EventRecord[]>();
  const occurrences = createOccurrences();
  return {
    events,
    occurrences,
    add(root) {
      const number = events.length;
      const record: EventRecord = {
        ...{ number, root, key: `event-${number}`, arrivals: [] },
        ...{ seenIds: new Set(), isDamaged: false },
        note({ body, metadata }) {
          record.seenIds.add(metadata["keywhen-id"]);
          if (body !== bodyOf(record)) record.isDamaged = true;
        },
      };
      events.push(record);
      underWay.set(root, [...(underWay.get(root) ?? []), record]);
      return record;
    },
    at: (key) => events[Number(/^event-(\d+)$/.exec(key)?.[1])] ?? occurrences.at(key),
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

/** From 60 bytes to 30 KB, another one for each event. */
export function bodyOf({ number }: Pick<EventRecord, "number">): string {
  const lines = 1 + (number % 5) * 120;
  return `event ${number} is due, and this line says so to its very end.\n`.repeat(lines);
}
