import { formatInstant, parseWholeInstant } from "../time/instant.js";
import { isJsonObject, parseJson } from "../values.js";
import type { LeaseHolder, LeaseState } from "./lease-state.js";

/**
 * Writes the lease object: holders by rising `until`, instants as in keys, and a nonce, because on S3 the
 * version of an object is a hash of its content.
 */
export function writeLeaseJson(state: LeaseState, nonce: string): string {
  return JSON.stringify({
    holders: state.holders.map(({ owner, untilMs, expiresMs }) => ({
      owner,
      until: formatInstant(untilMs),
      expires: formatInstant(expiresMs),
    })),
    sweptThrough: instantOrNothing(state.sweptThroughMs),
    unclean: instantOrNothing(state.uncleanMs),
    nonce,
  });
}

/** Reads a lease object; `undefined` if that isn't one. Fields that it doesn't know are passed over. */
export function parseLeaseJson(text: string): LeaseState | undefined {
  const json = parseJson(text);
  if (!isJsonObject(json) || !Array.isArray(json["holders"])) return undefined;
  const holders = json["holders"].map(parseHolder);
  const sweptThrough = parseOptionalInstant(json["sweptThrough"]);
  const unclean = parseOptionalInstant(json["unclean"]);
  if (!areAllKnown(holders) || sweptThrough === "invalid" || unclean === "invalid")
    return undefined;
  return {
    holders: holders.sort((one, other) => one.untilMs - other.untilMs),
    sweptThroughMs: sweptThrough,
    uncleanMs: unclean,
  };
}

function parseHolder(json: unknown): LeaseHolder | undefined {
  if (!isJsonObject(json)) return undefined;
  const { owner, until, expires } = json;
  const untilMs = parseWholeInstant(until);
  const expiresMs = parseWholeInstant(expires);
  if (typeof owner !== "string" || untilMs === undefined || expiresMs === undefined) {
    return undefined;
  }
  return { owner, untilMs, expiresMs };
}

function parseOptionalInstant(json: unknown): number | undefined | "invalid" {
  if (json === undefined) return undefined;
  return parseWholeInstant(json) ?? "invalid";
}

function areAllKnown(
  holders: readonly (LeaseHolder | undefined)[],
): holders is readonly LeaseHolder[] & LeaseHolder[] {
  return holders.every((holder) => holder !== undefined);
}

function instantOrNothing(instantMs: number | undefined): string | undefined {
  return instantMs === undefined ? undefined : formatInstant(instantMs);
}
