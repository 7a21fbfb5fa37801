import { createHash } from "node:crypto";

export interface Journal {
  note(key: string | undefined, text: string): void;
  /** The lines that concern a key; all without one. */
  lines(key?: string | undefined): string[];
  /** Of the whole journal: equal for equal runs. */
  hash(): string;
}

interface Entry {
  readonly atMs: number;
  readonly key: string | undefined;
  readonly text: string;
}

export function createJournal(now: () => number): Journal {
  const entries: Entry[] = [];
  const print = ({ atMs, text }: Entry) => `${new Date(atMs).toISOString().slice(11)}  ${text}`;
  return {
    note: (key, text) => void entries.push({ atMs: now(), key, text }),
    lines: (key) => entries.filter((entry) => key === undefined || concerns(entry, key)).map(print),
    hash: () => createHash("sha256").update(entries.map(print).join("\n")).digest("hex"),
  };
}

function concerns({ key, text }: Entry, wanted: string): boolean {
  return key === undefined || key === wanted || text.includes(wanted);
}
