import type { Observer } from "@keywhen/core";
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
        case "refused":
          return tell(`refused, --allow doesn't name its target: ${quoteId(event.id)}`);
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

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
