import type { DeadReason, Observer } from "@keywhen/core";
import { quoteId } from "./show-id.js";

const SHOWN = 10;

/** Tells why events were left, the first few of them: a thousand lines of one reason tell no more. */
export function createSweepNotes(note: (text: string) => void): {
  readonly observe: Observer;
  readonly end: () => void;
} {
  let told = 0;
  const tell = (text: string) => {
    told += 1;
    if (told <= SHOWN) note(text);
  };
  return {
    observe(event) {
      switch (event.type) {
        case "retrying":
          return tell(`left for the next sweep: ${quoteId(event.id)}: ${event.error.message}`);
        case "undeleted":
          return tell(`delivered but not deleted: ${quoteId(event.id)}: ${event.error.message}`);
        case "dead":
          return tell(`given up: ${quoteId(event.id)}: ${whyDead(event.reason, event.error)}`);
        case "refused":
          return tell(`left, it can't be delivered like most others: ${quoteId(event.id)}`);
        case "lease-unsupported":
          return tell("this store can't keep sweepers apart: run one at a time");
        case "lease-unreadable":
          return tell("the lease object was unreadable and is written anew");
        case "lease-unreleased":
          return tell(`the lease is not let go, it ends in a minute: ${event.error.message}`);
        case "list-failed":
          return tell(`listing broke off: ${textOf(event.error)}`);
        default:
      }
    },
    end: () => {
      if (told > SHOWN) note(`… and ${told - SHOWN} more like these`);
    },
  };
}

function whyDead(reason: DeadReason, error: Error | undefined): string {
  if (reason === "target-not-allowed") return "--allow doesn't name its target";
  return error === undefined ? reason : `${reason}, ${error.message}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
