import { KeywhenError } from "@keywhen/core";
import type { Temporal } from "temporal-polyfill";
import type { TimeContext } from "./time-zone.js";

/** What a clock on the wall shows: `YYYY-MM-DDTHH:mm:ss.sss`, its end may be missing. */
export type WallClock = string;

/**
 * The instant at which a clock on the wall of the context's zone shows this. Throws `invalid-time` if it
 * never does, if it does twice, or if nobody said which zone is meant. `text` is what was typed.
 */
export async function wallClockInstant(
  wallClock: WallClock,
  text: string,
  { zone, isZoneSure }: TimeContext,
): Promise<Date> {
  const { Temporal } = await import("temporal-polyfill"); // 0.1 s that no other time needs
  const plain = Temporal.PlainDateTime.from(wallClock, { overflow: "reject" });
  if (!isZoneSure) throw needsZone(text, zone);
  const earlier = plain.toZonedDateTime(zone, { disambiguation: "earlier" });
  const later = plain.toZonedDateTime(zone, { disambiguation: "later" });
  if (earlier.epochMilliseconds === later.epochMilliseconds) {
    return new Date(earlier.epochMilliseconds);
  }
  throw plain.equals(earlier.toPlainDateTime())
    ? happensTwice(plain, earlier, later)
    : neverHappens(plain, earlier, later);
}

function happensTwice(
  plain: Temporal.PlainDateTime,
  earlier: Temporal.ZonedDateTime,
  later: Temporal.ZonedDateTime,
): KeywhenError {
  return invalidTime(
    `${showMinutes(plain)} happens twice in ${earlier.timeZoneId}. Write ${showTime(earlier)} (before the clock goes back) or ${showTime(later)} (after).`,
  );
}

function neverHappens(
  plain: Temporal.PlainDateTime,
  earlier: Temporal.ZonedDateTime,
  later: Temporal.ZonedDateTime,
): KeywhenError {
  return invalidTime(
    `${showMinutes(plain)} never happens in ${earlier.timeZoneId}. Write ${showTime(earlier)} (before the clock goes forward) or ${showTime(later)} (after).`,
  );
}

function needsZone(text: string, zone: string): KeywhenError {
  return invalidTime(
    `"${text}" has no UTC offset, and this isn't a terminal where you would see what is made of it. Write the offset (Z for UTC, or, say, +01:00), or give --tz ${zone} (KEYWHEN_TZ).`,
  );
}

function showMinutes(plain: Temporal.PlainDateTime): string {
  const isWhole = plain.second === 0 && plain.millisecond === 0;
  return plain.toString(isWhole ? { smallestUnit: "minute" } : {});
}

/** Time and offset; the day is the one that was asked for. */
function showTime(zoned: Temporal.ZonedDateTime): string {
  const time = showMinutes(zoned.toPlainDateTime()).slice("0000-00-00".length);
  return `…${time}${zoned.offset}`;
}

function invalidTime(message: string): KeywhenError {
  return new KeywhenError("invalid-time", message);
}
