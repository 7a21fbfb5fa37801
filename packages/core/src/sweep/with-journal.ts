import { JournalWriter } from "../journal/journal-writer.js";
import type { SweepEvent } from "../report/sweep-event.js";
import { guardedStore } from "../requests/guarded-store.js";
import { CheckedClock } from "../requests/store-clock.js";
import type { Requests } from "../requests/wrap-store.js";
import { Shutdown, type ShutdownLimits } from "./shutdown.js";
import type { PartitionSweepOptions } from "./sweep-run.js";

interface JournalOptions extends Pick<PartitionSweepOptions, "schedule" | "owner">, ShutdownLimits {
  readonly writesJournal: boolean;
  readonly notify: (event: SweepEvent) => void;
  /** Where the next requests are counted. */
  readonly requests: () => Requests;
}

/** Does the work with a journal, and writes what is left of that when the work has ended: until a lease would have to be released. */
export async function withJournal<T>(
  options: JournalOptions,
  work: (journal: JournalWriter | undefined) => Promise<T>,
): Promise<T> {
  const { schedule, owner: sweeper, writesJournal, notify, requests } = options;
  if (!writesJournal) return work(undefined);
  const shutdown = new Shutdown(new CheckedClock(schedule), options);
  const store = () => guardedStore(schedule.store, schedule.clock, { requests: requests() });
  const journal = new JournalWriter({ schedule, sweeper, notify, store });
  try {
    return await work(journal);
  } finally {
    await journal.finish(shutdown.releaseSignal);
    shutdown.close();
  }
}
