import type { OtherHolder } from "../lease/take-lease.js";
import { readAhead } from "../requests/read-ahead.js";
import { deliverAll } from "./delivering/deliver-all.js";
import type { DeliveryLine } from "./delivering/delivery-line.js";
import { LISTS_ONCE } from "./delivering/in-hand.js";
import { type DuePage, duePages } from "./due-pages.js";
import { takeRange } from "./range.js";
import { isClockAhead, requireClock, type SweepRun, stopForSkew } from "./sweep-run.js";
import { takeInAll } from "./take-in.js";

/**
 * Delivers what is due now. The first page is listed without a lease, because most sweeps find nothing; the other
 * holder, if there is one.
 */
export async function sweepDue(
  run: SweepRun,
  hasWaited: boolean,
): Promise<OtherHolder | undefined> {
  const pages = readAhead(duePages(run));
  try {
    const first = await nextPage(run, pages);
    if (first === undefined) return undefined;
    if (isClockAhead(run)) stopForSkew(run);
    const holder = await takeRange(run, { hasWaited });
    if (holder !== undefined) return holder;
    if (!run.options.dryRun) requireClock(run);
    await deliverAll(run, LISTS_ONCE, (line) => takeInPages(run, line, first, pages));
    return undefined;
  } finally {
    await pages.return();
  }
}

async function takeInPages(
  run: SweepRun,
  line: DeliveryLine,
  first: DuePage,
  pages: AsyncGenerator<DuePage, void>,
): Promise<void> {
  for (let page: DuePage | undefined = first; page !== undefined; ) {
    await takeInAll(run, line, page);
    run.pass.lastTakenIn = page.at(-1);
    page = run.windDown.reason ? undefined : await nextPage(run, pages);
  }
}

/** The next page with due events; `undefined` after the last, and if the sweep or the listing breaks off. */
async function nextPage(
  { windDown, tally, pass }: SweepRun,
  pages: AsyncGenerator<DuePage, void>,
): Promise<DuePage | undefined> {
  try {
    const page = await pages.next();
    return page.done ? undefined : page.value;
  } catch (error) {
    if (windDown.reason) return undefined; // the listing was aborted with everything else
    if (pass.pagesRead === 0) throw error;
    tally.listFailed(error);
    windDown.takeNoMore("list-failed");
    return undefined;
  }
}
