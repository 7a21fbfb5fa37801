import { compareByteOrder } from "@keywhen/core/internal";
import { type ListRequest, ObjectStoreError } from "@keywhen/core/store";

/** The most objects of one page. */
export const PAGE_OBJECTS = 1_000;

/**
 * Throws `unexpected` for a page whose first key is not what was asked for: a sweep would read it without an end. `from`: the
 * store lists the key `startAfter` itself, too.
 */
export function checkPageStart(
  { bucket, prefix = "", startAfter = "" }: ListRequest,
  first: string | undefined,
  from: "after" | "at" = "after",
): void {
  if (first === undefined) return;
  const isAt = from === "at" && first === startAfter;
  const isAfter = isAt || startAfter === "" || compareByteOrder(first, startAfter) > 0;
  if (isAfter && first.startsWith(prefix)) return;
  const wrong = isAfter ? `outside the prefix "${prefix}"` : `not after "${startAfter}"`;
  const message = `the page begins with "${first}", which is ${wrong}: keep the schedule in another store, or correct this one`;
  throw new ObjectStoreError({ code: "unexpected", operation: "list", bucket, message });
}

/** The error of a page with an entry that no object can have. */
export function impossibleEntry(bucket: string, entry: string | undefined): ObjectStoreError {
  const message = `the answer names an object that makes no sense (${entry}): check the endpoint, and whether a proxy changes answers`;
  return new ObjectStoreError({ code: "unexpected", operation: "list", bucket, message });
}
