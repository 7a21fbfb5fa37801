import { onAbort } from "../callbacks.js";
import { safeText } from "../input/show-value.js";
import { randomDeliveryId } from "../key/delivery-id.js";
import { sleepUnlessAborted } from "../machine.js";
import type { Schedule } from "../options/schedule.js";
import type { SweepEvent } from "../report/sweep-event.js";
import { retry } from "../requests/retry.js";
import type { ObjectStore } from "../store/object-store.js";
import { isStoreError, ObjectStoreError } from "../store/object-store-error.js";
import { entryOf } from "./journal-entry.js";
import { journalKey, PART_MS } from "./journal-key.js";
import { formatLine } from "./journal-line.js";

interface JournalWriterOptions {
  readonly schedule: Schedule;
  readonly sweeper: string | undefined;
  readonly notify: (event: SweepEvent) => void;
  /** The store of the next request: guarded, and its requests counted. */
  readonly store: () => ObjectStore;
}

/** Lines of one object. */
interface Part {
  readonly firstMs: number;
  lastMs: number;
  readonly lines: string[];
  characters: number;
  /** Aborts when it has no more lines. */
  readonly sealed: AbortController;
}

/** About 2,900 lines. */
const MOST_CHARACTERS = 1_000_000;
/** Parts in memory that wait for the store. Its deliveries do not wait for the journal. */
const MOST_WAITING = 4;
const ATTEMPTS = 3;
/** How long `finish` waits for the store. */
const FINISH_MS = 5_000;

/**
 * Collects what sweeps report, and writes it in parts: when one is full, when its first line is a minute old, and at the end. Never
 * throws, and nothing waits for it but `finish`: lines that can't be written are reported (`journal-failed`) and dropped.
 */
export class JournalWriter {
  readonly #options: JournalWriterOptions;
  readonly #abort = new AbortController();
  #part: Part | undefined;
  readonly #waiting: Part[] = [];
  #writing: Promise<void> | undefined;

  constructor(options: JournalWriterOptions) {
    this.#options = options;
  }

  readonly add = (event: SweepEvent): void => {
    const { schedule, sweeper } = this.#options;
    const { clock, codec } = schedule;
    const entry = entryOf(event, { atMs: clock.now(), codec, sweeper });
    if (entry === undefined) return;
    const part = this.#partAt(entry.at.getTime());
    const line = formatLine(entry);
    part.lines.push(line);
    part.characters += line.length;
    if (part.characters >= MOST_CHARACTERS) this.#seal(part);
  };

  /** Writes what is left. Resolves within 5 s, and soon after `signal` aborts. */
  async finish(signal: AbortSignal): Promise<void> {
    if (this.#part !== undefined) this.#seal(this.#part);
    if (this.#writing === undefined) return;
    const written = new AbortController();
    const unsubscribe = onAbort(signal, () => this.#abort.abort());
    const limit = sleepUnlessAborted(this.#options.schedule.clock, FINISH_MS, written.signal);
    void limit.then(() => this.#abort.abort());
    await this.#writing;
    written.abort();
    unsubscribe();
  }

  /** Each part is in order, and within a minute: readers rely on it. */
  #partAt(atMs: number): Part {
    const part = this.#part;
    if (part !== undefined) {
      const fits = atMs >= part.lastMs && atMs < part.firstMs + PART_MS;
      if (fits) {
        part.lastMs = atMs;
        return part;
      }
      this.#seal(part);
    }
    const sealed = new AbortController();
    const next = { firstMs: atMs, lastMs: atMs, lines: [], characters: 0, sealed };
    this.#part = next;
    void this.#sealLater(next);
    return next;
  }

  async #sealLater(part: Part): Promise<void> {
    await sleepUnlessAborted(this.#options.schedule.clock, PART_MS, part.sealed.signal);
    if (this.#part === part) this.#seal(part);
  }

  #seal(part: Part): void {
    this.#part = undefined;
    part.sealed.abort("sealed"); // a reason, because the default one is an exception with a stack
    if (this.#waiting.length < MOST_WAITING) {
      this.#waiting.push(part);
      this.#writing ??= this.#write();
      return;
    }
    const message = `the store is too slow: ${MOST_WAITING} parts of the journal wait for it already`;
    this.#fail(part, this.#errorOf("unavailable", message));
  }

  async #write(): Promise<void> {
    for (let part = this.#waiting.shift(); part; part = this.#waiting.shift()) {
      await this.#put(part);
    }
    this.#writing = undefined;
  }

  async #put(part: Part): Promise<void> {
    const { schedule, store, notify } = this.#options;
    const { clock, random, bucket, root } = schedule;
    const { signal } = this.#abort;
    try {
      const key = journalKey(root, part.firstMs, randomDeliveryId(random));
      const body = new TextEncoder().encode(part.lines.join(""));
      const headers = { contentType: "application/x-ndjson" };
      const guarded = store();
      // Sent again under the same key, so that a put without an answer is not there twice.
      await retry({ clock, random, signal, attempts: ATTEMPTS }, () =>
        guarded.put({ bucket, key }, body, { ...headers, signal }),
      );
      notify({ type: "journal-written", key, lines: part.lines.length });
    } catch (caught) {
      const isStores = isStoreError(caught);
      this.#fail(part, isStores ? caught : this.#errorOf("unexpected", safeText(caught), caught));
    }
  }

  #fail({ lines }: Part, error: ObjectStoreError): void {
    this.#options.notify({ type: "journal-failed", lines: lines.length, error });
  }

  #errorOf(code: "unavailable" | "unexpected", message: string, cause?: unknown): ObjectStoreError {
    const { bucket } = this.#options.schedule;
    return new ObjectStoreError({ code, operation: "put", bucket, message, cause });
  }
}
