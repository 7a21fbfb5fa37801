import {
  durationMs,
  KeywhenError,
  type Moment,
  parseDuration,
  systemClock,
  type When,
} from "@keywhen/core";

/** Reads a time of the command line: ISO 8601 with an offset (which core checks), or `+90m` from now. */
export function readMoment(text: string, nowMs: number = systemClock.now()): Moment {
  if (!text.startsWith("+")) return text;
  const at = new Date(nowMs + durationMs(parseDuration(text.slice(1))));
  if (Number.isNaN(at.getTime())) {
    throw new KeywhenError("invalid-time", `${text} reaches past the year 9999; nearer, please.`);
  }
  return at;
}

/** Reads `--at TIME` or `--in DURATION`: exactly one of them. */
export function readWhen(options: {
  readonly at?: string | undefined;
  readonly in?: string | undefined;
}): When {
  if (options.at !== undefined && options.in !== undefined) {
    throw new KeywhenError("invalid-time", "--at and --in exclude each other: leave one out.");
  }
  if (options.at !== undefined) return { at: readMoment(options.at) };
  if (options.in !== undefined) return { in: parseDuration(options.in.replace(/^\+/, "")) };
  throw new KeywhenError(
    "invalid-time",
    "When is it due? Give --at 2026-12-24T09:00+01:00 or --in 10m.",
  );
}
