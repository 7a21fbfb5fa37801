/** The oldest are forgotten: then only the lease says when an event was tried. */
const MOST_REMEMBERED = 10_000;

/**
 * When the calls of destinations failed, as far as this sweeper remembers. The lease says nearly the same, a few seconds later: a
 * call must not be repeated in the meantime.
 */
export class RecentTries {
  readonly #triedMs = new Map<string, number>();

  /** The store's time of the last try of the event with this key. */
  get(key: string | undefined): number | undefined {
    return key === undefined || this.#triedMs.size === 0 ? undefined : this.#triedMs.get(key);
  }

  failed(key: string, storeMs: number): void {
    this.#triedMs.delete(key); // it is the latest now
    this.#triedMs.set(key, storeMs);
    for (const oldest of this.#triedMs.keys()) {
      if (this.#triedMs.size <= MOST_REMEMBERED) return;
      this.#triedMs.delete(oldest);
    }
  }
}
