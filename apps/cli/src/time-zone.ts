import { UsageError } from "@keywhen/host";

/** What wall-clock times mean, and whether that may be assumed. */
export interface TimeContext {
  readonly nowMs: number;
  /** An IANA name, such as Europe/Berlin. */
  readonly zone: string;
  /** The zone was given, or somebody sees the result. */
  readonly isZoneSure: boolean;
}

/** Returns the zone that times are read and shown in: this machine's, which `TZ` can change. UTC if there is none. */
export function localZone(): string {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isZone(zone) ? zone : "UTC"; // with TZ= and without a known zone it is "Etc/Unknown"
}

/**
 * Makes the zone of `--tz` or `KEYWHEN_TZ` this process's own. Without one checks `TZ`. Throws a `UsageError` if there
 * is no such zone: before anything is done, because each time that is shown needs it.
 */
export function useZone(given: string | undefined): void {
  const { env } = process;
  if (given !== undefined) {
    if (!isZone(given)) throw noSuchZone(given);
    env["TZ"] = given;
  } else if (env["TZ"] && !isZone(env["TZ"].replace(/^:/, ""))) {
    throw noSuchZone(env["TZ"], "TZ=");
  }
}

function noSuchZone(name: string, setting = ""): UsageError {
  return new UsageError(
    `There is no time zone ${setting}"${name}".`,
    "Give an IANA name, such as Europe/Berlin, America/New_York or UTC.",
  );
}

/** Offsets are refused: as `TZ` they mean the opposite. */
function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[a-z]/i.test(name);
  } catch {
    return false;
  }
}
