import { type ObjectStoreError, storeErrorOf } from "../store/object-store-error.js";
import type { HeldName } from "./held-name.js";
import { type KnownEvent, type Removal, removeEvent } from "./known-events.js";
import { type DoubtfulEvent, type NameState, withDoubtful } from "./name-state.js";

/** What became of the events of a name. Each list has the newest first. */
export interface Removed {
  /** They waited, and will not be delivered. */
  readonly gone: readonly KnownEvent[];
  /** They may be delivered: they had closed. */
  readonly underWay: readonly KnownEvent[];
  /** They may still wait although they are open: no answer to a delete says that they are gone. */
  readonly undecided: readonly KnownEvent[];
  /** Why, if the store said it. */
  readonly error: ObjectStoreError | undefined;
  /** What the next caller must know of. */
  readonly doubtful: readonly DoubtfulEvent[];
}

/** Of the events that are gone and may be stored again, so that a name with many failing puts stays small. */
const MOST_REMEMBERED = 16;

/** Deletes all events of a name that are open, one after another. Throws no store's error. */
export async function removeKnown(held: HeldName): Promise<Removed> {
  const { state, storeMs, events } = held.known;
  const lists = {
    gone: [] as KnownEvent[],
    underWay: [] as KnownEvent[],
    undecided: [] as KnownEvent[],
  };
  let error: ObjectStoreError | undefined;
  for (const known of events.toReversed()) {
    const removal = await tryToRemove(held, known);
    const list = listOf(known, removal);
    if (list !== undefined) lists[list].push(known);
    if (removal.outcome === "undecided") error ??= removal.error;
  }
  const undecidedIds = lists.undecided.map(({ event }) => event.id);
  const isOpen = (id: string) =>
    events.some(({ event, closing }) => event.id === id && !closing.isOver());
  const isUndecided = ({ id }: DoubtfulEvent) => undecidedIds.includes(id);
  const open = state.doubtful.filter(({ id }) => isOpen(id));
  const gone = open.filter((event) => !isUndecided(event) && event.untilMs > storeMs);
  const remembered = gone.slice(-MOST_REMEMBERED);
  const kept = open.filter((event) => isUndecided(event) || remembered.includes(event));
  const next: NameState = { ...state, current: undefined, doubtful: kept };
  return { ...lists, error, doubtful: withDoubtful(next, undecidedIds, storeMs).doubtful };
}

/** Which list an event belongs to; `undefined` for one that was not there. */
function listOf(
  { info, closing }: KnownEvent,
  { outcome }: Removal,
): "gone" | "underWay" | "undecided" | undefined {
  if (outcome === "undecided" && !closing.isOver()) return "undecided";
  if (info === undefined) return undefined;
  return outcome === "gone" ? "gone" : "underWay";
}

async function tryToRemove({ context }: HeldName, known: KnownEvent): Promise<Removal> {
  try {
    return await removeEvent(context, known);
  } catch (caught) {
    return { outcome: "undecided", error: storeErrorOf(caught) };
  }
}
