/** A time of day with a fraction of a second. */
const FRACTION = /:\d\d\.(\d{1,3})(\d*)/;

/** A text whose fraction of a second has three digits, and what the others add: an event is never early. */
export interface ReadFraction {
  readonly text: string;
  readonly roundUpMs: 0 | 1;
}

/** Writes a fraction of a second in milliseconds: the parser of phrases takes `.5` for 5 ms. */
export function readFraction(text: string): ReadFraction {
  const [, kept = "", finer = ""] = FRACTION.exec(text) ?? [];
  return {
    text: text.replace(FRACTION, (found) =>
      found.slice(0, found.length - finer.length).padEnd(":00.000".length, "0"),
    ),
    roundUpMs: kept !== "" && /[1-9]/.test(finer) ? 1 : 0,
  };
}
