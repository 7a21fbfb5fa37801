import { asEventId, codecV1 } from "../key/codec-v1.js";
import type { EventId } from "../key/key-codec.js";
import { formatInstant, parseWholeInstant } from "../time/instant.js";
import { isJsonObject, parseJson } from "../values.js";

/** What the object of a name says: where its event is, and who is changing it. The events themselves are the truth. */
export interface NameState {
  /** The event of the last call that ended; it may have been delivered since. */
  readonly current: EventId | undefined;
  /** When the first put of this generation was made. A generation ends with a delivery or a cancel. */
  readonly sinceMs: number | undefined;
  /** What calls that broke off may have stored, and what a request without an answer may store again. The oldest first. */
  readonly doubtful: readonly DoubtfulEvent[];
  readonly lock: NameLock | undefined;
}

export interface DoubtfulEvent {
  readonly id: EventId;
  /** Until then (the store's time) a request without an answer may still store it, even after it was deleted. */
  readonly untilMs: number;
}

/** Only its owner puts and deletes events of the name, until it expires. */
interface NameLock {
  /** Different each time that the lock is taken. */
  readonly token: string;
  /** By the store's clock. */
  readonly expiresMs: number;
  /** The event that the owner is about to store; `undefined` if it only deletes. */
  readonly newId: EventId | undefined;
}

export const NO_EVENT: NameState = {
  current: undefined,
  sinceMs: undefined,
  doubtful: [],
  lock: undefined,
};

const VERSION = 1;
/** Between the end of a lock and its removal, because HTTP dates have whole seconds. */
const GRACE_MS = 2_000;
/** No call asks for a longer lock: one that expires later is not believed. */
const LONGEST_LOCK_MS = 3_600_000;
/** Longer than a put without an answer takes to be carried out, if it is. */
const DOUBT_MS = 60_000;
/** More have not been deleted for certain only if no delete works. The object stays far below its largest size. */
export const MOST_DOUBTFUL = 32;

export function isLocked({ lock }: NameState, storeMs: number): boolean {
  if (lock === undefined) return false;
  return storeMs < lock.expiresMs + GRACE_MS && lock.expiresMs <= storeMs + LONGEST_LOCK_MS;
}

/** The state without its lock, which has expired: its owner may have stored the new event. */
export function withoutExpiredLock(state: NameState, storeMs: number): NameState {
  const free = { ...state, lock: undefined };
  return state.lock?.newId === undefined ? free : withDoubtful(free, [state.lock.newId], storeMs);
}

/** Adds events that may be stored, or may be stored soon, by a request without an answer. */
export function withDoubtful(
  state: NameState,
  ids: readonly EventId[],
  storeMs: number,
): NameState {
  const added = ids.filter((id) => !state.doubtful.some((event) => event.id === id));
  const untilMs = storeMs + DOUBT_MS;
  return { ...state, doubtful: [...state.doubtful, ...added.map((id) => ({ id, untilMs }))] };
}

/** All events that may wait under the name, in the order in which they were decided. */
export function idsOf({ current, doubtful }: NameState): readonly EventId[] {
  const ids = doubtful.map(({ id }) => id).filter((id) => id !== current);
  return current === undefined ? ids : [current, ...ids];
}

/** `nonce`: on S3 the version of an object is a hash of its content. */
export function formatNameJson({ current, sinceMs, doubtful, lock }: NameState, nonce: string) {
  return JSON.stringify({
    version: VERSION,
    current,
    since: sinceMs === undefined ? undefined : formatInstant(sinceMs),
    doubtful: doubtful.map(({ id, untilMs }) => ({ id, until: formatInstant(untilMs) })),
    lock: lock && {
      token: lock.token,
      expires: formatInstant(lock.expiresMs),
      newId: lock.newId,
    },
    nonce,
  });
}

/** Reads the object of a name; `undefined` for any other text, and for a later version. Ignores unknown fields. */
export function parseNameJson(text: string): NameState | undefined {
  const json = parseJson(text);
  if (!isJsonObject(json) || json["version"] !== VERSION) return undefined;
  const current = optional(json["current"], parseId);
  const sinceMs = optional(json["since"], parseWholeInstant);
  const lock = optional(json["lock"], parseLock);
  const doubtful = json["doubtful"] ?? [];
  if (current === INVALID || sinceMs === INVALID || lock === INVALID) return undefined;
  if (!Array.isArray(doubtful)) return undefined;
  const events = doubtful.map(parseDoubtful);
  if (!events.every((event) => event !== undefined)) return undefined;
  return { current, sinceMs, doubtful: events, lock };
}

const INVALID = Symbol("invalid");

function optional<T>(
  json: unknown,
  parse: (json: unknown) => T | undefined,
): T | undefined | typeof INVALID {
  return json === undefined ? undefined : (parse(json) ?? INVALID);
}

/** Every event of a name has a delivery id. */
function parseId(json: unknown): EventId | undefined {
  if (typeof json !== "string") return undefined;
  return codecV1.decode(json)?.deliveryId === undefined ? undefined : asEventId(json);
}

function parseDoubtful(json: unknown): DoubtfulEvent | undefined {
  if (!isJsonObject(json)) return undefined;
  const id = parseId(json["id"]);
  const untilMs = parseWholeInstant(json["until"]);
  return id === undefined || untilMs === undefined ? undefined : { id, untilMs };
}

function parseLock(json: unknown): NameLock | undefined {
  if (!isJsonObject(json) || typeof json["token"] !== "string") return undefined;
  const expiresMs = parseWholeInstant(json["expires"]);
  const newId = optional(json["newId"], parseId);
  if (expiresMs === undefined || newId === INVALID) return undefined;
  return { token: json["token"], expiresMs, newId };
}
