import { GcsRefusal } from "./gcs-answer.js";
import type { GcsObject } from "./gcs-object.js";

/** Of which object the preconditions speak: `ifGenerationMatch`, or `ifSourceGenerationMatch`. */
export type PreconditionSubject = "" | "Source";

/**
 * Refuses a request whose preconditions don't hold. A generation of 0 stands for "there is no live object".
 * https://cloud.google.com/storage/docs/request-preconditions
 */
export function checkPreconditions(
  query: URLSearchParams,
  object: GcsObject | undefined,
  { subject = "", isRead = false }: { subject?: PreconditionSubject; isRead?: boolean } = {},
): void {
  const generation = object?.generation ?? "0";
  const metageneration = object === undefined ? undefined : `${object.metageneration}`;
  const asked = (name: string) => numberIn(query, `if${subject}${name}`);
  const mustMatch = (name: string, actual: string | undefined) => {
    const wanted = asked(`${name}Match`);
    if (wanted !== undefined && wanted !== actual) throw notMet(412);
    // A read of what the client has already is answered 304.
    const unwanted = asked(`${name}NotMatch`);
    if (unwanted !== undefined && unwanted === actual) throw notMet(isRead ? 304 : 412);
  };
  mustMatch("Generation", generation);
  mustMatch("Metageneration", metageneration);
}

function numberIn(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name) ?? undefined;
  if (value !== undefined && !/^\d{1,19}$/.test(value)) {
    throw new GcsRefusal(400, "invalid", `Invalid value for ${name}: ${value}`);
  }
  return value;
}

function notMet(status: number): GcsRefusal {
  const message = "At least one of the pre-conditions you specified did not hold.";
  return new GcsRefusal(status, "conditionNotMet", message);
}
