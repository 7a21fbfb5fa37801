import type { ScheduleLocation } from "@keywhen/core";
import type { Clock } from "@keywhen/core/internal";
import { type JournalEntry, readJournal } from "@keywhen/core/journal";
import { type Delivery, KEPT_DELIVERIES } from "../api/events.js";
import type { Trouble } from "../api/state.js";
import { liveErrorOf } from "../api-failure.js";
import type { Deliveries } from "../deliveries.js";
import type { LiveHub } from "./live-hub.js";
import type { Obstacles } from "./obstacles.js";

export interface HistoryParts {
  readonly home: ScheduleLocation;
  readonly clock: Clock;
  readonly hub: LiveHub;
  readonly deliveries: Deliveries;
  readonly obstacles: Obstacles;
}

/** How far back the journal is read: each step only if the newer ones had too few events. */
const STEPS_MS = [10, 60, 6 * 60, 24 * 60].map((minutes) => minutes * 60_000);

/** What sweepers wrote to the journal before this server started. */
export class History {
  readonly #parts: HistoryParts;
  readonly #startedMs: number;
  #trouble: Trouble | undefined;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.now();
  }

  /** Why it could not be read. */
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** Reads it and lets listeners load their lists again. Never rejects: see `trouble`. */
  async recall(signal: AbortSignal): Promise<void> {
    const { clock, hub } = this.#parts;
    try {
      const entries = await this.#lastEntries(signal);
      if (entries.length === 0) return;
      this.#add(entries);
    } catch (error) {
      if (signal.aborted) return;
      this.#trouble = { ...liveErrorOf(error), at: new Date(clock.now()).toISOString() };
    }
    hub.forget();
    hub.send({ type: "reset" }); // wakes them
  }

  #add(entries: readonly JournalEntry[]): void {
    const { deliveries, obstacles } = this.#parts;
    const delivered = entries.filter(({ outcome }) => outcome === "delivered");
    deliveries.addPast(delivered.map(toDelivery));
    for (const { id, outcome, error } of entries) {
      if (outcome !== "failed" || error === undefined || obstacles.get(id) !== undefined) continue;
      const { code, message } = error;
      obstacles.put(id, { kind: "failed", error: { code, message } });
    }
  }

  /** Returns the last entry of each event, the oldest first. `readJournal` goes forward, so it is called for steps back. */
  async #lastEntries(signal: AbortSignal): Promise<readonly JournalEntry[]> {
    let known = new Map<string, JournalEntry>();
    let endMs = this.#startedMs;
    for (const stepMs of STEPS_MS) {
      const range = { since: new Date(this.#startedMs - stepMs), until: new Date(endMs), signal };
      const older = new Map<string, JournalEntry>();
      for await (const entry of readJournal(this.#parts.home, range)) {
        // It does not say when the event was delivered.
        if (entry.outcome === "already-delivered" || known.has(entry.id)) continue;
        older.delete(entry.id);
        older.set(entry.id, entry);
        const [oldest] = older.keys();
        if (older.size > KEPT_DELIVERIES && oldest !== undefined) older.delete(oldest);
      }
      known = new Map([...older, ...known]);
      if (known.size >= KEPT_DELIVERIES) break;
      endMs = this.#startedMs - stepMs;
    }
    return [...known.values()].slice(-KEPT_DELIVERIES);
  }
}

function toDelivery(entry: JournalEntry): Delivery {
  const { id, at, dueAt, target, size = 0, startedAt = at, latenessMs = 0, sweeper } = entry;
  return {
    id,
    at: dueAt.toISOString(),
    to: { bucket: target.bucket, key: target.key },
    size,
    deliveredAt: startedAt.toISOString(),
    latenessMs,
    by: "journal",
    sweeper,
    toDestination: entry.by === "destination" || undefined,
  };
}
