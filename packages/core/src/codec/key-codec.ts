import type { ObjectRef } from "../store/object-store.js";

/** What a schedule key says. */
export interface EventKey {
  /** The due instant in epoch milliseconds. */
  readonly atMs: number;
  readonly to: ObjectRef;
  /** `undefined` for a key written by hand in three parts. */
  readonly deliveryId: string | undefined;
  /** Eight hex digits that a reschedule or redrive appended, so that no key is ever used twice. */
  readonly suffix: string | undefined;
}

/** How events are written as keys; version 1 is keywhen's own. */
export interface KeyCodec {
  readonly name: string;

  /** The root, or this format's default, if keys can begin with it; throws `invalid-option` with how to write it. */
  checkRoot(root: string | undefined): string;

  /** What every key under `root` begins with; the rest of the key is the event's id. */
  pendingPrefix(root: string): string;

  /** The same for a shard, two hex digits; left out where keys of this format lie in no shards. */
  shardPrefix?(root: string, shard: string): string;
  /**
   * The id of an event. Throws `invalid-target` for names that this format can't hold (half a surrogate
   * pair), and `not-supported` for a delivery id where it has no place for one.
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
