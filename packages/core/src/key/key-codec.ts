import type { ObjectRef } from "../store/object-store.js";

export interface EventKey {
  /** The due instant in epoch milliseconds. */
  readonly atMs: number;
  readonly to: ObjectRef;
  /** `undefined` for a key written by hand in three parts. */
  readonly deliveryId: string | undefined;
  /** Eight hex digits that a reschedule or redrive appended, so that no key is ever used twice. */
  readonly suffix: string | undefined;
  /** How long after its instant it may still be delivered, in milliseconds; absent: without a limit. */
  readonly expiresAfterMs?: number | undefined;
}

declare const eventIdBrand: unique symbol;

/** An event's id: its key after `pending/`, `when|bucket|key|delivery id`. Methods take any string and check it. */
export type EventId = string & { readonly [eventIdBrand]: true };

/** How events are written as keys. Version 1 is keywhen's own format. */
export interface KeyCodec {
  readonly name: string;

  /** Returns the root, or this format's default. Throws `invalid-option`, with how to write it, if keys can't begin with it. */
  checkRoot(root: string | undefined): string;

  /** What every key under `root` begins with. The rest of the key is the event's id. */
  pendingPrefix(root: string): string;

  /** The same for a shard, two hex digits. Left out by a format whose keys can't be in shards. */
  shardPrefix?(root: string, shard: string): string;

  /**
   * Returns the id of an event. Throws `invalid-target` for names that this format can't hold (half a surrogate pair), and
   * `not-supported` for a delivery id if it has no place for one. Only an event with a delivery id can expire.
   */
  encode(event: EventKey): string;

  /**
   * Returns the event that an id describes, or `undefined` for any other text (an unrecognized object). Never throws. Decodes
   * everything that `encode` writes. Only for version 1 the reverse is true as well: `encode` writes each decoded event the
   * same way. A format that spells one instant in several ways identifies an event by the id in the store.
   */
  decode(id: string): EventKey | undefined;

  /** Sorts before the id of every event that is due at the instant or later. */
  before(atMs: number): string;

  /** Sorts after the id of every event that is due at the instant or earlier. */
  after(atMs: number): string;
}
