import type { FoundCopy, TargetRecord } from "../ledger.js";

/** One occurrence of a recurring schedule: what was seen at its target. */
export interface OccurrenceRecord extends TargetRecord {
  readonly schedule: string;
  /** When it is due, by its nominal time (wall clock). Not a number if its target names no instant. */
  readonly dueMs: number;
  /** What its copies carried, in their order. */
  readonly seen: FoundCopy[];
}

export interface Occurrences {
  readonly all: () => readonly OccurrenceRecord[];
  /** The occurrence whose target has this key. */
  readonly at: (key: string) => OccurrenceRecord | undefined;
}

const KEY = /^(schedule-\d+)@(.+)$/;

/** The target of each occurrence of a schedule. */
export function keyTemplate(schedule: string): string {
  return `${schedule}@{occurrence}`;
}

export function createOccurrences(): Occurrences {
  const records = new Map<string, OccurrenceRecord>();
  return {
    all: () => [...records.values()],
    at(key) {
      const [, schedule, occurrence = ""] = KEY.exec(key) ?? [];
      if (schedule === undefined) return undefined;
      const known = records.get(key);
      if (known !== undefined) return known;
      const seen: FoundCopy[] = [];
      const record: OccurrenceRecord = {
        ...{ number: records.size, key, schedule, dueMs: Date.parse(occurrence) },
        ...{ arrivals: [], seen },
        note: (found) => void seen.push(found),
      };
      records.set(key, record);
      return record;
    },
  };
}
