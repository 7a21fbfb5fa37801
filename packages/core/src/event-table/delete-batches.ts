import type { TrackedEvent } from "./tracked-event.js";

interface LaterDelete {
  readonly tracked: TrackedEvent;
  /** Monotonic. */
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
  #waiting: TrackedEvent[] = [];
  readonly #later: LaterDelete[] = [];
  #sinceMs = 0;
  #isFirst = true;
  /** Everything that waits is sent now. */
  #isFlushing = false;
  #isDraining = false;
  /** A newer event waits for one of the batch: flush as soon as the request in flight is answered. */
  #isHurried = false;
  #requestsInFlight = 0;

  constructor(batchSize: number) {
    this.#batchSize = batchSize;
  }

  add(tracked: TrackedEvent, nowMs: number): void {
    tracked.state = "deleting";
    if (this.#waiting.length === 0) this.#sinceMs = nowMs;
    this.#waiting.push(tracked);
    if (this.#isFirst || this.#isDraining) this.#isFlushing = true;
    this.#isFirst = false;
  }

  /** A delete failed and is worth another try at `atMs`. */
  retry(tracked: TrackedEvent, atMs: number): void {
    this.#later.push({ tracked, atMs });
  }

  /** A newer event of a target waits: send now, or as soon as the request in flight is answered. */
  hurry(): void {
    if (this.#requestsInFlight > 0) this.#isHurried = true;
    else if (this.#waiting.length > 0) this.#isFlushing = true;
  }

  /** From now on every delete is sent immediately. */
  drain(): void {
    this.#isDraining = true;
    if (this.#waiting.length > 0) this.#isFlushing = true;
  }

  /** Removes and returns the events of the request that should be sent now; `undefined` if none should. */
  next(nowMs: number): readonly TrackedEvent[] | undefined {
    this.#addRetries(nowMs);
    const count = this.#waiting.length;
    if (count === 0) return undefined;
    const isDue = nowMs >= this.#sinceMs + LONGEST_WAIT_MS;
    if (!isDue && !this.#isFlushing && count < this.#batchSize) return undefined;
    if (isDue) this.#isFlushing = true;
    const batch = this.#waiting.splice(0, this.#batchSize);
    if (this.#waiting.length === 0) this.#isFlushing = false;
    this.#sinceMs = nowMs;
    this.#requestsInFlight += 1;
    return batch;
  }

  /** A request that `next` returned has been answered, and each of its events was settled. */
  requestEnded(): void {
    this.#requestsInFlight -= 1;
    if (!this.#isHurried || this.#requestsInFlight > 0) return;
    this.#isHurried = false;
    this.hurry();
  }

  /** When `next` should be asked again if nothing else happens; `undefined` if there is nothing to wait for. */
  get nextMs(): number | undefined {
    let nextMs = this.#waiting.length > 0 ? this.#sinceMs + LONGEST_WAIT_MS : undefined;
    for (const { atMs } of this.#later) nextMs = Math.min(nextMs ?? atMs, atMs);
    return nextMs;
  }

  #addRetries(nowMs: number): void {
    if (this.#later.length === 0) return;
    const due = this.#later.filter(({ atMs }) => atMs <= nowMs);
    if (due.length === 0) return;
    const notDue = this.#later.filter(({ atMs }) => atMs > nowMs);
    this.#later.splice(0, this.#later.length, ...notDue);
    for (const { tracked } of due) this.add(tracked, nowMs);
  }
}
