import { UsageError } from "@keywhen/host";

/** What wall-clock times mean, and whether that may be assumed. */
export interface TimeContext {
  readonly nowMs: number;
  /** An IANA name, like Europe/Berlin. */
  readonly zone: string;
  /** The zone was given, or somebody looks on and sees what was made of it. */
  readonly isZoneSure: boolean;
}

/** The zone that times are read and shown in: this machine's, which `TZ` can change. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Makes the zone of `--tz` or `KEYWHEN_TZ` this process's own; throws a `UsageError` if there is no such zone. */
export function useZone(name: string): void {
  if (!isZone(name)) {
    throw new UsageError(
      `there is no time zone "${name}".`,
      "Give an IANA name, like Europe/Berlin, America/New_York or UTC.",
    );
  }
  process.env["TZ"] = name;
}

/** Offsets are none: as `TZ` they mean the opposite. */
function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[a-z]/i.test(name);
  } catch {
    return false;
  }
}
