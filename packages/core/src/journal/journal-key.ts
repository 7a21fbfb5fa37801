import { formatInstant, parseInstant } from "../time/instant.js";

/** The lines of one object are from less than this time after its instant. */
export const PART_MS = 60_000;

/** What the keys of a journal begin with. */
export function journalPrefix(root: string): string {
  return `${root}/journal/`;
}

/** `2026/12/24/080000.412Z`: sorts as time does, through days and years. The rest of a key makes it unique. */
export function journalTime(atMs: number): string {
  return formatInstant(atMs)
    .replace(/^(\d+)-(\d+)-(\d+)T/, "$1/$2/$3/")
    .replaceAll(":", "");
}

/** The key of an object whose first line is from `atMs`; `token`: twelve random characters. */
export function journalKey(root: string, atMs: number, token: string): string {
  return `${journalPrefix(root)}${journalTime(atMs)}-${token}.ndjson`;
}

const KEY = /^(\d{4})\/(\d\d)\/(\d\d)\/(\d\d)(\d\d)(\d\d\.\d{3}Z)-[0-9a-z]{12}\.ndjson$/;

/** The instant in a key, after the prefix; `undefined` for a key that is not the journal's. */
export function journalKeyMs(name: string): number | undefined {
  if (!KEY.test(name)) return undefined;
  return parseInstant(name.replace(KEY, "$1-$2-$3T$4:$5:$6"));
}
