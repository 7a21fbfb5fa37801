import { realpathSync } from "node:fs";
import { UsageError } from "@keywhen/host";

/** How times without an offset are read. */
export interface TimeContext {
  readonly nowMs: number;
  /** An IANA name, such as Europe/Berlin. */
  readonly zone: string;
  /** The zone was given, or the user sees the result on a terminal. */
  readonly isZoneSure: boolean;
}

/** Reports, once, that `TZ` names no zone: when a zone is first needed. */
let reportUnknownTz: (() => void) | undefined;

/** Finding it takes 0.2 ms, and each line of `run` has a time. */
let knownZone: string | undefined;

/** Returns the zone that times are read and shown in: this machine's, which `TZ` can change, or UTC. */
export function localZone(): string {
  reportUnknownTz?.();
  reportUnknownTz = undefined;
  knownZone ??= findZone();
  return knownZone;
}

function findZone(): string {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isZone(zone) ? zone : "UTC"; // with TZ= and without a known zone it is "Etc/Unknown"
}

/**
 * Makes the zone of `--tz` or `KEYWHEN_TZ` this process's own; throws a `UsageError` if there is no such zone. Without
 * one the zone is that of `TZ`, which may be any that POSIX allows: UTC, with a note, for those without an IANA name.
 */
export function useZone(given: string | undefined, note: (text: string) => void): void {
  const { env } = process;
  reportUnknownTz = undefined;
  knownZone = undefined;
  if (given !== undefined) {
    if (!isZone(given)) throw noSuchZone(given);
    env["TZ"] = given;
    return;
  }
  const tz = env["TZ"];
  if (!tz || isZone(tz)) return;
  const zone = zoneOfTz(tz);
  env["TZ"] = zone ?? "UTC";
  if (zone !== undefined) return;
  reportUnknownTz = () =>
    note(
      `TZ="${tz}" has no IANA name such as Europe/Berlin, so times are read and shown in UTC. Give --tz or KEYWHEN_TZ.`,
    );
}

/** A colon may precede a name or the path of a file with the zone's data, which may be a link to one with a name. */
function zoneOfTz(tz: string): string | undefined {
  const name = tz.replace(/^:/, "");
  if (isZone(name)) return name;
  if (!name.startsWith("/")) return undefined;
  const [, zone = ""] = /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(realPath(name)) ?? [];
  return isZone(zone) ? zone : undefined;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return ""; // a missing file names no zone
  }
}

function noSuchZone(name: string): UsageError {
  return new UsageError(
    `There is no time zone "${name}".`,
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
