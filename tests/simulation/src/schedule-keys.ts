export const SCHEDULE_BUCKET = "schedule";
export const ROOT = "keywhen";
export const PENDING = `${ROOT}/pending/`;
export const JOURNAL = `${ROOT}/journal/`;
export const NAMES = `${ROOT}/names/`;
const EVENT_KEY = new RegExp(`^${ROOT}/pending(?:\\.[0-9a-f]{2})?/`);

export function isPendingKey(key: string): boolean {
  return EVENT_KEY.test(key);
}

/** The id of an event, from its key in any partition. */
export function idOfKey(key: string): string {
  return key.replace(EVENT_KEY, "");
}

/** The shard of a key, prefix or lease, as two hex digits; empty for none. */
export function shardOfKey(key: string): string {
  return (
    /^keywhen\/(?:pending\.([0-9a-f]{2})\/|lease\/sweep\.([0-9a-f]{2})\.json$)/
      .exec(key)
      ?.slice(1)
      .find((shard) => shard !== undefined) ?? ""
  );
}
