declare const eventIdBrand: unique symbol;

/** An event's id: its key after `pending/`, `when|bucket|key|delivery id`. Methods take any string and check it. */
export type EventId = string & { readonly [eventIdBrand]: true };

/** The one place that brands: whoever calls it has made the string by a codec or decoded it. */
export function asEventId(id: string): EventId {
  return id as EventId;
}
