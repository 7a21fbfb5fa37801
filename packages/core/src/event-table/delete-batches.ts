import type { DueEvent } from "./due-event.js";

interface LaterDelete {
  readonly event: DueEvent;
  readonly atMs: number;
}

/** A batch is sent this long after its first event was delivered, at the latest. */
const LONGEST_WAIT_MS = 1_000;

/**
 * Decides which delivered events are deleted with the next request. A batch leaves when it is full, a second after its
 * first event, or when a newer event of a target waits for it. The very first delete goes alone and immediately: if
 * deleting is denied, the sweep should learn that after one copy, not after thousands. All times are monotonic. Pure and
 * synchronous.
 */
export class DeleteBatches {
  readonly #batchSize: number;
  readonly #waiting: DueEvent[] = [];
  readonly #later: LaterDelete[] = [];
  /** When the first of the waiting events was delivered. */
  #sinceMs = 0;
  /** Everything that waits is sent now. */
  #isFlushing = true;
  #isDraining = false;
  /** A newer event waits for one of the batch: flush as soon as no request is in flight. */
  #isHurried = false;
  #requestsInFlight = 0;

  constructor(batchSize: number) {
    this.#batchSize = batchSize;
  }

  add(event: DueEvent, nowMs: number): void {
    if (this.#waiting.length === 0) this.#sinceMs = nowMs;
    this.#waiting.push(event);
  }

  /** A delete failed and is worth another try at `atMs`. */
  retry(event: DueEvent, atMs: number): void {
    const earlier = this.#later.findLastIndex((other) => other.atMs <= atMs);
    this.#later.splice(earlier + 1, 0, { event, atMs });
  }

  /** A newer event of a target waits: send now, or as soon as the request in flight is answered. */
  hurry(): void {
    this.#isHurried = this.#waiting.length + this.#requestsInFlight > 0;
  }

  drain(): void {
    this.#isDraining = true;
  }

  /** Removes and returns the events of the request that should be sent now; `undefined` if none should. */
  next(nowMs: number): readonly DueEvent[] | undefined {
    this.#addRetries(nowMs);
    if (this.#waiting.length === 0) return undefined;
    if (this.#isHurried && this.#requestsInFlight === 0) {
      this.#isHurried = false;
      this.#isFlushing = true;
    }
    if (nowMs >= this.#sinceMs + LONGEST_WAIT_MS) this.#isFlushing = true;
    const isSent = this.#isFlushing || this.#isDraining || this.#waiting.length >= this.#batchSize;
    if (!isSent) return undefined;
    const batch = this.#waiting.splice(0, this.#batchSize);
    if (this.#waiting.length === 0) this.#isFlushing = false;
    this.#sinceMs = nowMs;
    this.#requestsInFlight += 1;
    return batch;
  }

  /** A request that `next` returned has been answered, and each of its events was settled. */
  requestEnded(): void {
    this.#requestsInFlight -= 1;
    if (this.#requestsInFlight + this.#waiting.length === 0) this.#isHurried = false;
  }

  /** When `next` should be called again if nothing else happens; infinite if there is nothing to wait for. */
  get nextMs(): number {
    const retryMs = this.#later[0]?.atMs ?? Number.POSITIVE_INFINITY;
    return this.#waiting.length === 0
      ? retryMs
      : Math.min(this.#sinceMs + LONGEST_WAIT_MS, retryMs);
  }

  #addRetries(nowMs: number): void {
    for (let [first] = this.#later; first && first.atMs <= nowMs; [first] = this.#later) {
      this.#later.shift();
      this.add(first.event, nowMs);
    }
  }
}
