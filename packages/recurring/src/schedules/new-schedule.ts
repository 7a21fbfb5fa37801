import { type Duration, KeywhenError, type Moment, type NewEvent } from "@keywhen/core";
import {
  checkMetadataSize,
  checkOptionNames,
  durationMs,
  formatInstant,
  momentMs,
  planEvent,
  planKey,
  showValue,
} from "@keywhen/core/internal";
import type { ObjectRef } from "@keywhen/core/store";
import type { Content, StoredPayload } from "../definition/definition.js";
import { GRACE_MS } from "../definition/occurrence-after.js";
import { compileRule } from "../rule/compile-rule.js";
import type { Recurrence, Rule } from "../rule/rule.js";
import { wakeUpHeaders } from "../wake-up/arm.js";
import { deliveryIdOf, targetOf } from "../wake-up/wake-up-id.js";
import type { Place } from "./place.js";

/** What a schedule delivers: as of an event. @inline */
type Payload = Pick<
  NewEvent,
  "json" | "body" | "contentType" | "contentEncoding" | "cacheControl" | "metadata"
>;

/** A recurring schedule: its rule, its target, and what it delivers there. */
export type NewSchedule = Rule &
  Payload & {
    /**
     * Where each occurrence is delivered. `{occurrence}` in the key is replaced by its nominal time, so that no occurrence replaces
     * an earlier one that has not been read yet.
     */
    readonly to: ObjectRef;
    /** No occurrence is due after this instant. */
    readonly until?: Moment | undefined;
    /**
     * What to do with occurrences that no sweeper delivered in time. `latest`: the one that waited is delivered late, and the
     * others are passed over and counted in the metadata `keywhen-passed-over` of the next one. `skip`: none that is more than
     * two minutes late is delivered. `all`: one after another, at most 1,000.
     *
     * @default "latest"
     */
    readonly missed?: "latest" | "skip" | "all" | undefined;
    /** An occurrence that can't be delivered within this time, at least `2m`, is passed over. @default no limit */
    readonly maxLate?: Duration | undefined;
    /**
     * Each occurrence is due at its own instant within this time after its nominal time. The same name and nominal time
     * always give the same instant. Must be shorter than the time between two occurrences. @default "0s"
     */
    readonly window?: Duration | undefined;
  };

/** A checked schedule. */
export interface PlannedSchedule {
  readonly content: Omit<Content, "payload"> & { readonly payload: Omit<StoredPayload, "body"> };
  readonly body: Uint8Array;
}

const OPTIONS = [
  "cron",
  "timeZone",
  "every",
  "from",
  "to",
  "json",
  "body",
  "contentType",
  "contentEncoding",
  "cacheControl",
  "metadata",
  "until",
  "missed",
  "maxLate",
  "window",
];
const EXAMPLE_OCCURRENCE = { dueMs: 0, nominal: formatInstant(0), passedOver: 1_000 };
/** Enough for a rule of weekdays, hours and months to show its shortest pause. */
const COMPARED_OCCURRENCES = 50;

/** Checks a schedule completely before anything is sent. */
export function planSchedule(
  place: Omit<Place, "signal">,
  name: string,
  given: NewSchedule,
): PlannedSchedule {
  checkOptionNames(given, OPTIONS, "A schedule");
  const rule = ruleOf(given);
  const recurrence = compileRule(rule);
  const { to, json, body, contentType, contentEncoding, cacheControl, metadata } = given;
  const payload = { contentType, contentEncoding, cacheControl, metadata };
  const example = {
    at: new Date(0),
    to: targetOf(to, EXAMPLE_OCCURRENCE.nominal),
    deliveryId: deliveryIdOf(name, EXAMPLE_OCCURRENCE.nominal),
  };
  const bodyOf = json === undefined ? { body } : { json, body };
  const planned = planEvent(place, { ...example, ...payload, ...bodyOf } as NewEvent);
  planKey(place.codec.pendingPrefix(place.root), planned.identity, place.store.capabilities.limits);
  if (!(planned.body instanceof Uint8Array)) {
    throw invalid(
      "The body of a schedule can't be a stream, because it is delivered many times: give bytes.",
    );
  }
  const headers = { ...payload, contentType: planned.put.contentType };
  checkMetadataSize(wakeUpHeaders(name, headers, EXAMPLE_OCCURRENCE).metadata ?? {});
  return {
    content: {
      rule,
      to: { bucket: to.bucket, key: to.key },
      payload: headers,
      untilMs: given.until === undefined ? undefined : momentMs(given.until),
      maxLateMs: maxLateMs(given),
      deliversMissed: given.missed === "all",
      windowMs: windowMs(given, recurrence),
    },
    body: planned.body,
  };
}

/** Only what was given, so that the same schedule always has the same definition. */
function ruleOf(given: NewSchedule): Rule {
  const names = ["cron", "timeZone", "every", "from"];
  const parts = Object.entries(given).filter(
    ([name, value]) => names.includes(name) && value !== undefined,
  );
  return Object.fromEntries(parts) as unknown as Rule; // compileRule checks it
}

function maxLateMs({ missed = "latest", maxLate }: NewSchedule): number | undefined {
  if (!["latest", "skip", "all"].includes(missed)) {
    throw invalid(`missed must be "latest", "skip" or "all" (got ${showValue(missed)}).`);
  }
  const limitMs = maxLate === undefined ? Number.POSITIVE_INFINITY : durationMs(maxLate);
  if (limitMs < GRACE_MS) {
    throw invalid(
      `maxLate must be at least 2m (got ${showValue(maxLate)}): a sweep once a minute would pass over occurrences.`,
    );
  }
  const leastMs = missed === "skip" ? Math.min(limitMs, GRACE_MS) : limitMs;
  return leastMs === Number.POSITIVE_INFINITY ? undefined : leastMs;
}

function windowMs({ window }: NewSchedule, recurrence: Recurrence): number {
  if (window === undefined) return 0;
  const ms = durationMs(window);
  const pauseMs = shortestPauseMs(recurrence);
  if (ms < pauseMs) return ms;
  throw invalid(
    `window must be shorter than the time between two occurrences, ${pauseMs / 60_000} minutes (got ${showValue(window)}).`,
  );
}

function shortestPauseMs(recurrence: Recurrence): number {
  let pauseMs = Number.POSITIVE_INFINITY;
  let last = recurrence.next(0);
  for (let compared = 1; last !== undefined && compared < COMPARED_OCCURRENCES; compared++) {
    const next = recurrence.next(last.atMs, last.nominal);
    if (next === undefined) break;
    pauseMs = Math.min(pauseMs, next.atMs - last.atMs);
    last = next;
  }
  return pauseMs;
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}
