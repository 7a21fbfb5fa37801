import { unescapePart } from "../key/codec-v1.js";
import { withinBudget } from "../requests/async-items.js";
import { deleteOne, listPages } from "../requests/list-and-delete.js";
import type { NameCall } from "./held-name.js";
import { takeNameIfFree } from "./name-lock.js";
import { nameRef, namesPrefix } from "./named-object.js";

/** What became of the objects of names. */
export interface RemoveEndedResult {
  /** Names whose event was delivered or cancelled more than a day ago. */
  readonly removed: number;
  /** All others, among them names that another caller is changing. */
  readonly kept: number;
}

/** A name that is in use keeps its object. */
const ENDED_AFTER_MS = 86_400_000;
/** The delete is sent at the beginning of this time, so that it is never carried out when another caller has the lock. */
const LOCK_MS = 60_000;
const LATEST_DELETE_MS = 40_000;
const CONCURRENCY = 16;

/** Deletes the objects of names that have ended. One LIST for each 1,000 names, and one GET for each that is a day old. */
export async function removeEnded(
  call: Omit<NameCall, "name">,
  callOf: (name: string) => NameCall,
): Promise<RemoveEndedResult> {
  const prefix = namesPrefix(call);
  const count = { removed: 0, kept: 0 };
  const range = { bucket: call.bucket, prefix, startAfter: prefix };
  for await (const objects of listPages(call.store, range, call)) {
    const budget = { budget: CONCURRENCY, weightOf: () => 1 };
    await withinBudget(objects, budget, async ({ key, lastModified }) => {
      const name = unescapePart(key.slice(prefix.length));
      const isOld = lastModified.getTime() < call.clock.now() - ENDED_AFTER_MS;
      const isRemoved = isOld && !!name && (await removeIfEnded(callOf(name)));
      count[isRemoved ? "removed" : "kept"] += 1;
    });
  }
  return count;
}

/** Takes the lock first, so that no put is between the look and the delete. */
async function removeIfEnded(call: NameCall): Promise<boolean> {
  const taken = await takeNameIfFree<object>(call, {
    lockMs: LOCK_MS,
    plan: async ({ events }) => {
      const isAnyLeft = events.some(({ info, closing }) => info !== undefined || !closing.isOver());
      return isAnyLeft ? undefined : {};
    },
    newIdOf: () => undefined,
  });
  if (taken?.outcome !== "taken") return false;
  const { held } = taken;
  try {
    if (held.leftMs() < LATEST_DELETE_MS) return false;
    const { bucket, root, store, signal } = held.context;
    await deleteOne(store, nameRef({ bucket, root }, call.name), { signal });
    return true;
  } finally {
    held.end();
  }
}
