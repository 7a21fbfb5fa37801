import type { EventId } from "../key/key-codec.js";
import type { CancelResult } from "../scheduler/cancel.js";
import type { NameCall } from "./held-name.js";
import type { KnownEvent } from "./known-events.js";
import { takeName } from "./name-lock.js";
import { NO_EVENT } from "./name-state.js";
import { removeKnown } from "./remove-known.js";

const LOCK_MS = 15_000;

/** Deletes every event of a name that is open. Without one, it only reads. */
export async function cancelNamed(
  call: NameCall,
  found: readonly EventId[],
): Promise<CancelResult> {
  const taken = await takeName<object>(call, {
    lockMs: LOCK_MS,
    plan: async ({ events }) => (events.some(({ closing }) => !closing.isOver()) ? {} : undefined),
    newIdOf: () => undefined,
    found,
  });
  if (taken.outcome === "idle") return tooLateFor(taken.known.events.filter(waits));
  const { held } = taken;
  const { gone, underWay, undecided, error, doubtful } = await removeKnown(held);
  const isLate = held.isOver;
  await held.release({ ...NO_EVENT, doubtful });
  if (error?.undecided === false && error.code !== "aborted") throw error;
  if (isLate || undecided.length > 0) return { outcome: "undecided", error };
  const [cancelled] = gone;
  if (underWay.length > 0 || cancelled === undefined) return tooLateFor(underWay);
  return { outcome: "cancelled", id: cancelled.event.id };
}

function waits({ info }: KnownEvent): boolean {
  return info !== undefined;
}

function tooLateFor([event]: readonly KnownEvent[]): CancelResult {
  return event === undefined ? { outcome: "not-found" } : event.closing.tooLate();
}
