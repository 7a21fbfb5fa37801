/** A stretch of time with one UTC offset. */
export interface OffsetSpan {
  readonly fromMs: number;
  readonly offsetMs: number;
}

const DAY_MS = 86_400_000;

/** Finds every change of a zone's offset between two instants with `Intl` alone: by days, then by halves down to a second. */
export function offsetSpans(timeZone: string, fromMs: number, untilMs: number): OffsetSpan[] {
  const offsetAt = offsetReader(timeZone);
  const spans: OffsetSpan[] = [{ fromMs, offsetMs: offsetAt(fromMs) }];
  for (let dayMs = fromMs + DAY_MS; dayMs <= untilMs; dayMs += DAY_MS) {
    const offsetMs = offsetAt(dayMs);
    if (offsetMs === spans.at(-1)?.offsetMs) continue;
    spans.push({ fromMs: changeBetween(dayMs - DAY_MS, dayMs, offsetAt), offsetMs });
  }
  return spans;
}

/** The first whole second with the later offset. No zone changes twice in a day between 2000 and 2037. */
function changeBetween(
  beforeMs: number,
  afterMs: number,
  offsetAt: (ms: number) => number,
): number {
  const offsetMs = offsetAt(afterMs);
  let [low, high] = [beforeMs / 1000, afterMs / 1000];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * 1000) === offsetMs) high = middle;
    else low = middle;
  }
  return high * 1000;
}

/** Reads the offset by comparing the clock of the zone with UTC. */
function offsetReader(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  return (atMs) => Date.parse(`${format.format(atMs).replace(" ", "T")}Z`) - atMs;
}
