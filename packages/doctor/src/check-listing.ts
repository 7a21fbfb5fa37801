import {
  compareByteOrder,
  type EventKey,
  listPage,
  pageProblem,
  parseWakeUpId,
  pendingPartition,
} from "@keywhen/core/internal";
import type { Finding, ListedObject, ListPage } from "@keywhen/core/store";
import { type Examination, finding, toleratedFinding } from "./examination.js";

const MINUTE_MS = 60_000;
/** A sweep a minute, plus a margin. */
const USUAL_LAG_MS = 2 * MINUTE_MS;
/** After this time no sweeper can be at work, or every attempt at the event fails. */
const LONG_LAG_MS = 15 * MINUTE_MS;

/**
 * Lists the schedule's first page: checks whether it can, its order, and how long the oldest due event has waited.
 * Returns whether the schedule can be read.
 */
export async function* checkListing(
  examination: Examination,
  probe: boolean,
): AsyncGenerator<Finding, boolean> {
  let page: ListPage = { objects: [], more: false };
  const store = await finding("store", async () => {
    const { bucket } = examination.home;
    const { prefix } = pendingPartition(examination.home);
    const { result, tookMs } = await examination.timed((call) =>
      examination.store.list({ bucket, prefix }, call),
    );
    page = result;
    return { name: "store", status: "ok", detail: `lists ${bucket}/${prefix}, ${ms(tookMs)}` };
  });
  yield store;
  if (store.status === "fail") return false;
  const order =
    orderOf(page.objects) ?? (await finding("list order", () => checkNextPage(examination, page)));
  // A probe checks more.
  if (!probe || order.status === "fail") yield order;
  yield lagOf(examination, page.objects);
  return true;
}

/** Returns the finding for a page whose keys are not in order. */
function orderOf(objects: readonly ListedObject[]): Finding | undefined {
  const misplaced = objects.find(({ key }, index) => {
    const before = objects[index - 1];
    return before !== undefined && compareByteOrder(before.key, key) >= 0;
  });
  if (misplaced === undefined) return undefined;
  return disorder(`"${misplaced.key}" comes after a key that should follow it`);
}

/** Checks whether the list continues after the first page. Otherwise a sweep would never reach its end. */
async function checkNextPage(
  { home, store, call }: Examination,
  { objects, more }: ListPage,
): Promise<Finding> {
  const count = objects.length;
  if (more) {
    const { bucket } = home;
    const { prefix } = pendingPartition(home);
    const request = { bucket, prefix, startAfter: objects.at(-1)?.key, limit: 1 };
    const problem = pageProblem(request, await store.list(request, call));
    if (problem !== undefined) return disorder(problem);
  }
  const detail =
    count < 2 ? "too few keys to compare (--probe writes some)" : `${count} keys in byte order`;
  return { name: "list order", status: "ok", detail };
}

export function disorder(detail: string): Finding {
  const hint = "keep the schedule in another store: events would be late or never delivered";
  return { name: "list order", status: "fail", detail, hint };
}

function lagOf({ home }: Examination, objects: readonly ListedObject[]): Finding {
  const name = "lag";
  const ids = objects.map(({ key }) => key.slice(pendingPartition(home).prefix.length));
  const events = ids.map((id) => home.codec.decode(id) ?? parseWakeUpId(id));
  const oldest = events.find((event) => event !== undefined);
  if (oldest === undefined) return { name, ...noEventAmong(objects.length) };
  const nowMs = home.clock.now();
  const lag = lagFinding(name, nowMs - oldest.atMs);
  const expired = events.filter((event) => isExpired(event, nowMs)).length;
  if (expired === 0) return lag;
  return { ...lag, detail: `${lag.detail}; expired, to be dead-lettered: ${expired}` };
}

function isExpired(event: EventKey | undefined, nowMs: number): boolean {
  if (event?.expiresAfterMs === undefined) return false;
  return nowMs > event.atMs + event.expiresAfterMs;
}

/** Returns the finding for an event that has been due for this long. */
export function lagFinding(name: string, lagMs: number): Finding {
  if (lagMs < 0) return { name, status: "ok", detail: "nothing is due" };
  const detail = `the oldest due event has waited for ${span(lagMs)}`;
  if (lagMs <= USUAL_LAG_MS) return { name, status: "ok", detail };
  const hint = "start a sweeper (keywhen sweep), or check what it reports about this event";
  return { name, status: lagMs > LONG_LAG_MS ? "fail" : "warn", detail, hint };
}

/** Sweeps ignore objects that are not events, but list them every time. */
function noEventAmong(count: number): Omit<Finding, "name"> {
  if (count === 0) return { status: "ok", detail: "nothing waits" };
  const detail = `unrecognized objects before the first event: ${count}`;
  return { status: "warn", detail, hint: "move them out of the schedule: every sweep lists them" };
}

function ms(milliseconds: number): string {
  return `${Math.round(milliseconds)} ms`;
}

function span(milliseconds: number): string {
  const minutes = milliseconds / MINUTE_MS;
  if (minutes < 1) return `${Math.round(milliseconds / 1_000)} s`;
  if (minutes < 120) return `${Math.round(minutes)} min`;
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} d`;
}

/** Counts the dead letters on the first page. */
export function checkDeadLetters({ home, store, call }: Examination): Promise<Finding> {
  return toleratedFinding("dead letters", async () => {
    const name = "dead letters";
    const { bucket, deadPrefix: prefix, codec } = home;
    const page = await listPage(store, { bucket, prefix }, call);
    const ids = page.objects.map(({ key }) => key.slice(prefix.length));
    const count = ids.filter((id) => codec.decode(id) !== undefined).length;
    if (count === 0) return { name, status: "ok", detail: "none" };
    const number = page.more ? `${count} or more` : `${count}`;
    const hint = "keywhen dead list shows why; fix the cause, then run keywhen dead redrive";
    return { name, status: "warn", detail: `${number} could not be delivered`, hint };
  });
}
