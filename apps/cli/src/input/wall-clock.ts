import { KeywhenError } from "@keywhen/core";
import type { Temporal } from "temporal-polyfill";
import type { TimeContext } from "./time-zone.js";

/** A time of day with a fraction of a second. */
const FRACTION = /:\d\d\.(\d{1,3})(\d*)/;

/**
 * Writes a fraction of a second in milliseconds, because the parser of phrases reads `.5` as 5 ms. An event is never early, so
 * `roundUpMs` is 1 if the text has a finer fraction.
 */
export function readFraction(text: string): { readonly text: string; readonly roundUpMs: 0 | 1 } {
  const [, kept = "", finer = ""] = FRACTION.exec(text) ?? [];
  return {
    text: text.replace(FRACTION, (found) =>
      found.slice(0, found.length - finer.length).padEnd(":00.000".length, "0"),
    ),
    roundUpMs: kept !== "" && /[1-9]/.test(finer) ? 1 : 0,
  };
}

/**
 * Returns the instant at which clocks in the context's zone show this time: `YYYY-MM-DDTHH:mm:ss.sss`, its end may be missing.
 * Throws `invalid-time` if they never do, if they do twice, or if no zone was given. `text` is what the user typed.
 */
export async function wallClockInstant(
  wallClock: string,
  text: string,
  { zone, isZoneSure }: TimeContext,
): Promise<Date> {
  const { Temporal } = await import("temporal-polyfill"); // takes 0.1 s, which no other time needs
  const plain = Temporal.PlainDateTime.from(wallClock, { overflow: "reject" });
  if (!isZoneSure) throw needsZone(text, zone);
  const earlier = plain.toZonedDateTime(zone, { disambiguation: "earlier" });
  const later = plain.toZonedDateTime(zone, { disambiguation: "later" });
  if (earlier.epochMilliseconds === later.epochMilliseconds) {
    return new Date(earlier.epochMilliseconds);
  }
  const [happens, goes] = plain.equals(earlier.toPlainDateTime())
    ? ["happens twice", "back"]
    : ["never happens", "forward"];
  throw new KeywhenError(
    "invalid-time",
    `${showMinutes(plain)} ${happens} in ${zone}. Write ${showTime(earlier)} (before the clock goes ${goes}) or ${showTime(later)} (after).`,
  );
}

function needsZone(text: string, zone: string): KeywhenError {
  return new KeywhenError(
    "invalid-time",
    `"${text}" has no UTC offset, and without a terminal you would not see how it is read. Write the offset (for example Z for UTC, or +01:00), or give --tz ${zone} (KEYWHEN_TZ).`,
  );
}

function showMinutes(plain: Temporal.PlainDateTime): string {
  const isWhole = plain.second === 0 && plain.millisecond === 0;
  return plain.toString(isWhole ? { smallestUnit: "minute" } : {});
}

/** Returns time and offset, without the day. */
function showTime(zoned: Temporal.ZonedDateTime): string {
  const time = showMinutes(zoned.toPlainDateTime()).slice("0000-00-00".length);
  return `…${time}${zoned.offset}`;
}
