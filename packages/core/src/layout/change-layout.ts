import { randomDeliveryId } from "../codec/delivery-id.js";
import type { ResolvedHome } from "../options/home.js";
import { type RefusedWrite, reasonToStop } from "../requests/refused-writes.js";
import { retryPauseMs } from "../requests/retry.js";
import type { PutCondition } from "../store/object-store.js";
import { type ObjectStoreError, storeErrorOf } from "../store/object-store-error.js";
import { believableLayout } from "./believable-layout.js";
import type { Layout } from "./layout.js";
import { writeLayoutJson } from "./layout-json.js";
import { layoutRef, readLayoutObject } from "./layout-object.js";

/** A layout that has been read, and the store's time of that, or this machine's where the store tells none. */
export interface DatedLayout {
  /** `undefined`: the object is no layout. */
  readonly layout: Layout | undefined;
  readonly nowMs: number;
}

/** What a layout that has been read becomes; without `write` it stays as it is. */
export interface LayoutChange<T> {
  readonly result: T;
  readonly write?: Layout | undefined;
}

/** Against others who change it as well; each loser tries again after a pause. */
const ATTEMPTS = 10;

/**
 * Reads the layout, lets `decide` say what it becomes, and writes that if nobody wrote in between; else all over
 * again. A write whose answer is missing is decided anew by what is there then, so `decide` must find it done.
 */
export async function changeLayout<T>(
  home: ResolvedHome,
  decide: (reading: DatedLayout) => Promise<LayoutChange<T>>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const refused: RefusedWrite[] = [];
  for (let attempt = 1; ; attempt++) {
    const { condition, ...reading } = await readDatedLayout(home, signal);
    const { result, write } = await decide(reading);
    if (write === undefined) return result;
    const answer = await writeLayout(home, write, condition, signal);
    if (answer === "written") return result;
    refused.push({ condition, error: answer });
    const reason = reasonToStop(layoutRef(home), refused, ATTEMPTS);
    if (reason !== undefined) throw reason;
    await home.clock.sleep(retryPauseMs(attempt, home.random), { signal });
    if (signal?.aborted && answer !== undefined) throw answer; // it says more than "aborted"
  }
}

/** Reads the layout and the time: one GET. */
export async function readDatedLayout(home: ResolvedHome, signal: AbortSignal | undefined) {
  let nowMs = home.clock.now();
  const onDate = (date: Date) => {
    nowMs = date.getTime();
  };
  const call = home.store.capabilities.clock === "store" ? { signal, onDate } : { signal };
  const reading = await readLayoutObject(home, call);
  const layout = reading.layout && believableLayout(reading.layout, nowMs);
  return { ...reading, layout, nowMs };
}

/** What keeps a write from being certain: the store's error, or `undefined` if another one came first. */
async function writeLayout(
  home: ResolvedHome,
  layout: Layout,
  readCondition: PutCondition,
  signal: AbortSignal | undefined,
): Promise<"written" | ObjectStoreError | undefined> {
  const { putIfAbsent, putIfVersion } = home.store.capabilities;
  const condition = putIfAbsent && putIfVersion ? readCondition : undefined;
  const body = new TextEncoder().encode(writeLayoutJson(layout, randomDeliveryId(home.random)));
  try {
    const options = { condition, contentType: "application/json", signal };
    const { outcome } = await home.store.put(layoutRef(home), body, options);
    return outcome === "written" ? "written" : undefined;
  } catch (caught) {
    const error = storeErrorOf(caught);
    if (error.code !== "aborted" && (error.retryable || error.undecided)) return error;
    throw error;
  }
}
