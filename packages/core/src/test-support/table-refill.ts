import type { DueEvent } from "../event-table/due-event.js";
import type { EventTable } from "../event-table/event-table.js";
import type { AdmissionOrder } from "./admission-order.js";
import type { PagedSchedule } from "./paged-schedule.js";
import { DESTINATION } from "./table-calls.js";
import type { TableLedger } from "./table-ledger.js";

interface RefillParts {
  readonly table: EventTable;
  readonly ledger: TableLedger;
  readonly schedule: PagedSchedule;
  readonly order: AdmissionOrder;
  readonly time: { readonly nowMs: number; readonly latestMs: number };
}

const IN_LANE: readonly string[] = ["ready", "queued", "calling"];

/** Lists again what the lane of the destination has left, and checks that it forgets none and never holds too many. */
export class TableRefill {
  /** Events that came in by pages that were listed again. */
  broughtIn = 0;
  readonly #parts: RefillParts;
  /** What the lane has left since this listing began. */
  readonly #left = new Set<DueEvent>();
  #page: { readonly events: readonly DueEvent[]; readonly lastKey: string | undefined } | undefined;

  constructor(parts: RefillParts) {
    this.#parts = parts;
  }

  get isUnderWay(): boolean {
    return this.#page !== undefined;
  }

  get isWorthIt(): boolean {
    const { table, time } = this.#parts;
    return table.refill.isWorthIt && table.hasRoom(time.nowMs);
  }

  get leftCount(): number {
    return this.#parts.table.lanes.of(DESTINATION)?.left.count ?? 0;
  }

  left(event: DueEvent): void {
    this.#left.add(event);
  }

  startListing(): void {
    this.#left.clear();
  }

  /** Reads a page. Returns whether it was worth it. */
  read(): boolean {
    if (this.isUnderWay || !this.isWorthIt) return false;
    const { events, lastKey } = this.#parts.schedule.pageAfter(this.#parts.table.refill.start());
    this.#page = { events, lastKey };
    return true;
  }

  /** Admits the page as far as there is room; the rest is listed again later. Returns whether there was a page. */
  admit(): boolean {
    const { table, ledger, order, time } = this.#parts;
    if (this.#page === undefined) return false;
    const { events, lastKey } = this.#page;
    this.#page = undefined;
    let reachedKey: string | undefined = "";
    for (const event of events) {
      if (!table.hasRoom(time.nowMs)) break;
      const { key, state } = event;
      if (state === "done") Object.assign(event, { isFreed: false, deleteAttempts: 0 });
      table.refill.admit(event, time.nowMs);
      if (event.state !== state) {
        this.broughtIn += 1;
        order.admitted(event, time.latestMs);
        ledger.admitted(event);
      }
      ledger.record(table.states.takeHappened());
      reachedKey = event === events.at(-1) ? lastKey : key;
    }
    table.refill.end(events.length === 0 ? undefined : reachedKey);
    return true;
  }

  /** The page can't be read. */
  fail(): void {
    if (this.#page === undefined) return;
    this.#page = undefined;
    this.#parts.table.refill.end("");
  }

  check(mostInMemory: number): void {
    const { table, schedule, time } = this.#parts;
    if (table.lanes.isEmpty) return;
    const inLane = [...schedule.stored].filter(
      ({ to, state }) => to.bucket === DESTINATION && IN_LANE.includes(state),
    );
    if (inLane.length > Math.max(1, Math.floor(mostInMemory / 2)))
      throw new Error(`${inLane.length} events are in the lane`);
    if (this.isUnderWay) return;
    const fromKey = table.lanes.of(DESTINATION)?.left.fromKey;
    for (const event of this.#left) {
      const { key, state, atMs } = event;
      if (atMs > time.nowMs) this.#left.delete(event); // the clock was set back
      if (state !== "listed" || !schedule.has(key) || !this.#left.has(event)) continue;
      if (fromKey === undefined || key < fromKey) throw new Error(`${key} was left for good`);
    }
  }
}
