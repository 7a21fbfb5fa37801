import { invalidOption } from "../errors.js";
import { checkValue, isCount } from "../input/check-value.js";
import { checkOptionNames } from "../input/option-names.js";
import { checkDeliveryId } from "../key/key-limits.js";
import { FIRST_INSTANT_MS } from "../time/instant.js";
import { type Moment, momentMs } from "../time/moment.js";
import { checkTargetFilter, isTargetOf, type TargetFilter } from "./list-events.js";
import type { ScheduledEvent } from "./stored-event.js";

/** Which waiting events are meant: by their delivery id, by how it begins, or by their target. */
export type EventQuery = (
  | {
      /** Every waiting event with this delivery id: an id can have been scheduled for several instants. */
      readonly deliveryId: string;
      readonly deliveryIdPrefix?: undefined;
      readonly to?: undefined;
    }
  | {
      /** Those whose delivery id begins with this text, such as `order-42/`. */
      readonly deliveryIdPrefix: string;
      readonly deliveryId?: undefined;
      readonly to?: undefined;
    }
  | {
      readonly to: TargetFilter;
      readonly deliveryId?: undefined;
      readonly deliveryIdPrefix?: undefined;
    }
) & {
  /** Due at this instant or later. A shorter range of time costs less. */
  readonly from?: Moment | undefined;
  /** Due before this instant. */
  readonly until?: Moment | undefined;
  /** At most this many events. */
  readonly limit?: number | undefined;
};

/** A checked query. */
export interface ParsedQuery {
  /** If it is given in full, only its own partitions are searched. */
  readonly deliveryId: string | undefined;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly limit: number;
  matches(event: ScheduledEvent): boolean;
}

const SELECTIONS = ["deliveryId", "deliveryIdPrefix", "to"] as const;
const QUERY_OPTIONS = [...SELECTIONS, "from", "until", "limit"];
const UNLIMITED = Number.POSITIVE_INFINITY;

/** Throws `invalid-option`, `invalid-id` or `invalid-time`. Refuses a query without a selection, which would mean every event. */
export function parseQuery(query: EventQuery): ParsedQuery {
  checkOptionNames(query, QUERY_OPTIONS, "A query");
  const { from, until, limit = UNLIMITED } = query;
  const isLimit = limit === UNLIMITED || isCount(limit);
  checkValue(isLimit, limit, "limit must be a whole number of at least 1");
  const isSelected = selectionOf(query);
  const fromMs = from === undefined ? FIRST_INSTANT_MS : momentMs(from);
  const untilMs = until === undefined ? UNLIMITED : momentMs(until);
  return {
    deliveryId: query.deliveryId,
    fromMs,
    untilMs,
    limit,
    matches: (event) => {
      const atMs = event.at.getTime();
      return atMs >= fromMs && atMs < untilMs && isSelected(event);
    },
  };
}

function selectionOf(query: EventQuery): (event: ScheduledEvent) => boolean {
  const given = SELECTIONS.filter((name) => query[name] !== undefined);
  if (given.length !== 1) {
    const what = given.length === 0 ? "none of them" : given.join(" and ");
    throw invalidOption(
      `A query must have exactly one of deliveryId, deliveryIdPrefix and to (got ${what}).`,
    );
  }
  const { deliveryId, deliveryIdPrefix, to } = query;
  if (to !== undefined) {
    checkTargetFilter(to, "A query's to");
    return (event) => isTargetOf(event, to);
  }
  if (deliveryId !== undefined) {
    checkDeliveryId(deliveryId);
    return (event) => event.deliveryId === deliveryId;
  }
  const isText = typeof deliveryIdPrefix === "string" && deliveryIdPrefix !== "";
  const rule = "deliveryIdPrefix must be a string that is not empty, such as order-42/";
  checkValue(isText, deliveryIdPrefix, rule);
  return (event) => event.deliveryId?.startsWith(deliveryIdPrefix) === true;
}
