import type { DueEvent } from "./due-event.js";

/** Beyond these, an event can be counted twice: if it failed, and is met again after an older one that was left. */
const MOST_STAYED = 1_000;

/** After every key. */
const NEVER = "\uffff";
/** The first key after `key`. */
const after = (key: string) => `${key}\0`;

/**
 * The events that a lane without room leaves in the schedule: all of them from one key on, so that the order of each target stays
 * as it is listed. They are listed again from that key, page by page, as the lane gets room. Pure and synchronous.
 */
export class LeftEvents {
  /** Since the last listing of everything began, less those that have come in since. */
  count = 0;
  /** The earliest due instant of those that this listing has met. */
  atMs = Number.POSITIVE_INFINITY;
  /** Since when the first of them could have been delivered; infinite without events. */
  sinceMs = Number.POSITIVE_INFINITY;
  #fromKey = NEVER;
  /** None of them has this key or an earlier one. */
  #afterKey = "";
  /** A page from this key on is being listed again. */
  #refilledFromKey = NEVER;
  /** An earlier listing of everything left some, and this one has not ended. */
  #hasUnlisted = false;
  /** Events that have come in since the listing began, and stay: one that is older may have been left after them. */
  readonly #stayed = new Set<string>();

  /** The first key that was left; `undefined` if none was. */
  get fromKey(): string | undefined {
    return this.#fromKey === NEVER ? undefined : this.#fromKey;
  }

  /** Whether an event would overtake one that was left. Not `isListed`: it does not come in the order of the keys. */
  mustStay({ key }: DueEvent, isListed: boolean): boolean {
    if (isListed) return key >= this.#fromKey;
    return this.#hasUnlisted || this.#fromKey !== NEVER || this.#refilledFromKey !== NEVER;
  }

  add({ key, atMs, sinceMs }: DueEvent): void {
    if (key < this.#fromKey) this.#setFromKey(key);
    this.count += 1;
    this.atMs = Math.min(this.atMs, atMs);
    this.sinceMs = Math.min(this.sinceMs, sinceMs);
  }

  /** The event has come in, and stays until everything is listed again. */
  stays({ key }: DueEvent): void {
    if (this.#stayed.size < MOST_STAYED) this.#stayed.add(key);
  }

  /** Everything is about to be listed again, and met again. */
  startListing(): void {
    this.#hasUnlisted ||= this.#fromKey !== NEVER;
    this.#stayed.clear();
    this.#clear();
  }

  endListing(): void {
    this.#hasUnlisted = false;
  }

  /** A page is about to be listed again. Returns the key after which it starts. */
  startRefill(): string {
    this.#refilledFromKey = this.#fromKey;
    this.#fromKey = NEVER;
    const beforeKey = this.#refilledFromKey.slice(0, -1);
    if (beforeKey < this.#afterKey) return this.#afterKey;
    return beforeKey;
  }

  /** Whether the event was left, and its page is listed again now. */
  isRefilled({ key }: DueEvent): boolean {
    return key >= this.#refilledFromKey && !this.#stayed.has(key);
  }

  /** The page has been admitted up to a key; `undefined`: it reaches as far as everything that was left. */
  endRefill(reachedKey = NEVER): void {
    const nextKey = reachedKey < this.#refilledFromKey ? this.#refilledFromKey : after(reachedKey);
    this.#refilledFromKey = NEVER;
    if (reachedKey !== NEVER && nextKey < this.#fromKey) {
      this.#setFromKey(nextKey);
      this.#afterKey = reachedKey;
    }
    if (this.#fromKey === NEVER) this.#clear();
  }

  #setFromKey(key: string): void {
    this.#fromKey = key;
    this.#afterKey = "";
  }

  #clear(): void {
    this.#fromKey = NEVER;
    this.count = 0;
    this.atMs = Number.POSITIVE_INFINITY;
    this.sinceMs = Number.POSITIVE_INFINITY;
  }
}
