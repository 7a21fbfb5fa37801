import type { DueEvent } from "../event-table/due-event.js";
import type { EventTable } from "../event-table/event-table.js";
import type { AdmissionOrder } from "./admission-order.js";
import type { PagedSchedule } from "./paged-schedule.js";
import type { TableLedger } from "./table-ledger.js";
import type { TableRefill } from "./table-refill.js";

interface ListingParts {
  readonly table: EventTable;
  readonly ledger: TableLedger;
  readonly schedule: PagedSchedule;
  readonly order: AdmissionOrder;
  readonly refill: TableRefill;
  readonly time: { readonly nowMs: number; readonly latestMs: number };
  /** Takes what happened in the table, and checks it. */
  readonly record: () => void;
}

/** Lists a schedule for an event table, page by page, and admits what the pages show, as the runner does. */
export class TableListing {
  readonly #parts: ListingParts;
  /** There was room when the last event had been admitted. */
  #hadRoom = true;

  constructor(parts: ListingParts) {
    this.#parts = parts;
  }

  /** Lists the schedule again; a listing that has not ended is broken off. */
  start(): void {
    const { table, schedule, refill, record } = this.#parts;
    refill.fail();
    refill.startListing();
    schedule.startListing();
    record();
    table.startListing();
    record();
  }

  /**
   * Admits events of the pages that were read, as long as there was room after the last one. Returns whether the last event of the
   * listing is among them.
   */
  admit(most: number): boolean {
    const { table, schedule, refill, time } = this.#parts;
    if (refill.isUnderWay) return false;
    for (let left = most; left > 0; left--) {
      if (!this.#hadRoom && !table.hasRoom(time.nowMs)) break;
      const event = schedule.takeListed();
      if (event === undefined) break;
      if (!this.#admitOne(event)) return false;
    }
    if (!schedule.isListed) return false;
    schedule.endListing();
    return true;
  }

  #admitOne(event: DueEvent): boolean {
    const { table, ledger, schedule, order, refill, time, record } = this.#parts;
    if (event.state === "done") Object.assign(event, { isFreed: false, deleteAttempts: 0 });
    const leftBefore = refill.leftCount;
    const isAdmitted = table.admit(event, time.nowMs);
    if (refill.leftCount > leftBefore) refill.left(event);
    record();
    if (!isAdmitted) {
      schedule.endListing();
      return false;
    }
    order.admitted(event, time.latestMs);
    if (event.state !== "listed") ledger.admitted(event);
    this.#hadRoom = table.hasRoom(time.nowMs);
    return true;
  }
}
