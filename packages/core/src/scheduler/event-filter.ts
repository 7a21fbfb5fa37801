import { bucketNameProblem } from "../input/bucket-name.js";
import { checkOptionNames } from "../input/check-option-names.js";
import { showValue } from "../input/show-value.js";
import { KeywhenError } from "../keywhen-error.js";
import type { ResolvedHome } from "../options/home.js";
import type { KeyRange } from "../requests/list-pages.js";
import type { ObjectRef } from "../store/object-store.js";
import { FIRST_INSTANT_MS, LAST_INSTANT_MS } from "../time/instant.js";
import { type Moment, momentMs } from "../time/moment.js";
import { idOfGiven } from "./event-id.js";

/** Which waiting events a listing gives. */
export interface EventFilter {
  /** Due at this instant or later. */
  readonly from?: Moment | undefined;
  /** Due before this instant. */
  readonly until?: Moment | undefined;
  /** The list still reads every event of its time range, and leaves out those for other targets. */
  readonly to?: { readonly bucket: string; readonly keyPrefix?: string | undefined } | undefined;
  /** Goes on after this id, the last one of an earlier listing; it need not exist any more. */
  readonly after?: string | undefined;
  /** At most this many events. */
  readonly limit?: number | undefined;
}

/** A filter as the listing uses it: the keys to read, and which of their events to give. */
export interface ListingPlan {
  readonly range: KeyRange;
  readonly limit: number;
  readonly matches: (event: { readonly at: Date; readonly to: ObjectRef }) => boolean;
}

export function planListing(home: ResolvedHome, filter: EventFilter): ListingPlan {
  checkOptionNames(filter, ["from", "until", "to", "after", "limit"], "A filter");
  const { limit = Number.POSITIVE_INFINITY, to } = filter;
  checkTargetFilter(to);
  if (limit !== Number.POSITIVE_INFINITY && !(Number.isInteger(limit) && limit >= 1)) {
    throw new KeywhenError(
      "invalid-option",
      `limit must be a whole number from 1 (got ${showValue(limit)}).`,
    );
  }
  const fromMs = filter.from === undefined ? FIRST_INSTANT_MS : momentMs(filter.from);
  const untilMs = filter.until === undefined ? Number.POSITIVE_INFINITY : momentMs(filter.until);
  return {
    range: keyRange(home, fromMs, untilMs, afterId(home, filter.after)),
    limit,
    matches: (event) => isInTime(event.at, fromMs, untilMs) && goesTo(event.to, to),
  };
}

function checkTargetFilter(to: EventFilter["to"]): void {
  if (to === undefined) return;
  if (typeof to !== "object" || to === null)
    throw invalidFilter(`to must be { bucket, keyPrefix? } (got ${showValue(to)}).`);
  checkOptionNames(to, ["bucket", "keyPrefix"], "A filter's to");
  const problem = bucketNameProblem(to.bucket);
  if (problem !== undefined) throw invalidFilter(`The bucket of a filter's to ${problem}`);
  if (to.keyPrefix === undefined || typeof to.keyPrefix === "string") return;
  throw invalidFilter(`keyPrefix must be a string (got ${showValue(to.keyPrefix)}).`);
}

/** It need not exist any more, but text that sorts after every id would hide all events. */
function afterId(home: ResolvedHome, after: string | undefined): string | undefined {
  if (after === undefined) return undefined;
  const id = idOfGiven(home, after);
  if (typeof id === "string" && id <= home.codec.after(LAST_INSTANT_MS)) return id;
  throw invalidFilter(
    `after must be an event's id, the last one of an earlier listing (got ${showValue(after)}).`,
  );
}

function invalidFilter(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}

function keyRange(
  { bucket, codec, pendingPrefix: prefix }: ResolvedHome,
  fromMs: number,
  untilMs: number,
  after: string | undefined,
): KeyRange {
  const starts = [codec.before(fromMs), after ?? ""].sort();
  return {
    bucket,
    prefix,
    startAfter: prefix + starts.at(-1),
    end: untilMs === Number.POSITIVE_INFINITY ? undefined : prefix + codec.after(untilMs),
  };
}

function isInTime(at: Date, fromMs: number, untilMs: number): boolean {
  return at.getTime() >= fromMs && at.getTime() < untilMs;
}

function goesTo(target: ObjectRef, filter: EventFilter["to"]): boolean {
  if (filter === undefined) return true;
  return target.bucket === filter.bucket && target.key.startsWith(filter.keyPrefix ?? "");
}
