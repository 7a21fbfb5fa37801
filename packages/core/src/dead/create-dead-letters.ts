import { checkOptionNames } from "../input/check-option-names.js";
import { type Call, signalOf } from "../options/check-call.js";
import { HOME_OPTIONS, type Home, type ResolvedHome, resolveHome } from "../options/home.js";
import { limitedStore } from "../requests/limited-store.js";
import type { EventFilter } from "../scheduler/event-filter.js";
import { decodeGivenId, idOfGiven } from "../scheduler/event-id.js";
import { listEvents } from "../scheduler/list-events.js";
import { openEvent } from "../scheduler/open-event.js";
import type { ScheduledEvent } from "../scheduler/scheduled-event.js";
import { checkWhenAlone, type When } from "../scheduler/when.js";
import { type DeadLetter, getDeadLetter } from "./dead-letter.js";
import { type PurgeResult, purge } from "./purge.js";
import { type RedriveResult, redrive } from "./redrive.js";

/** Looks after events that were given up: each keeps its id, its body and why it died. Holds nothing open. */
export interface DeadLetters {
  /** Dead letters in the order in which they were due, one page in memory; go on later with `after: lastId`. */
  list(filter?: EventFilter, call?: Call): AsyncIterable<ScheduledEvent>;

  /** One dead letter and why it died, by one HEAD; `undefined` if there is none of this id. */
  get(id: string, call?: Call): Promise<DeadLetter | undefined>;

  /** The body of a dead letter; `undefined` if there is none of this id. Read it or cancel it. */
  open(id: string, call?: Call): Promise<ReadableStream<Uint8Array> | undefined>;

  /** Schedules it again, now or at another moment, with its body, metadata and delivery id. */
  redrive(id: string, when?: When, call?: Call): Promise<RedriveResult>;

  /** Deletes it for good. */
  purge(id: string, call?: Call): Promise<PurgeResult>;
}

/** The dead letters of one home; sends nothing by itself. */
export function createDeadLetters(options: Home): DeadLetters {
  checkOptionNames(options, HOME_OPTIONS, "createDeadLetters()");
  const home = resolveHome(options);
  const limited = { ...home, store: limitedStore(home.store, home.clock) };
  const idOf = (given: string) => idOfGiven(amongDead(home), given);
  return {
    list: (filter = {}, call) => listEvents(amongDead(limited), filter, signalOf(call, "list()")),
    get: async (id, call) => getDeadLetter(limited, idOf(id), signalOf(call, "get()")),
    async open(given, call) {
      const id = idOf(given);
      decodeGivenId(home, id);
      return openEvent([amongDead(home)], id, signalOf(call, "open()"));
    },
    redrive: async (id, when, call) => {
      if (when !== undefined) checkWhenAlone(when, "redrive");
      return redrive(limited, idOf(id), when, signalOf(call, "redrive()"));
    },
    purge: async (id, call) => purge(limited, idOf(id), signalOf(call, "purge()")),
  };
}

/** A home whose waiting events are the dead ones: the same keys under another prefix. */
function amongDead(home: ResolvedHome): ResolvedHome {
  return { ...home, pendingPrefix: home.deadPrefix };
}
