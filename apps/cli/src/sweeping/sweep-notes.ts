import type { Observer, SweepEvent } from "@keywhen/core";
import { quoteId } from "../outcome.js";
import { showClock } from "../output/show-time.js";

const SHOWN = 10;

/** Passes on the first notes of a sweep, and counts the others: a thousand lines with one reason do not help. */
export function createLimitedNotes(note: (text: string) => void) {
  let count = 0;
  return {
    note(text: string) {
      count += 1;
      if (count <= SHOWN) note(text);
    },
    /** The sweep has ended. */
    end() {
      if (count > SHOWN) note(`… and ${count - SHOWN} more like these`);
      count = 0;
    },
  };
}

/**
 * Notes why events were left, limited for each sweep, and the first pause of each destination. Notes about the sweep itself are
 * not limited.
 */
export function createSweepNotes(
  note: (text: string) => void,
  describeEvent: (event: SweepEvent) => string | undefined = noteOfEvent,
): { readonly observe: Observer; readonly end: () => void } {
  const limited = createLimitedNotes(note);
  const paused = new Set<string>();
  return {
    observe(event) {
      if (event.type === "destination-paused") {
        if (paused.has(event.destination)) return;
        paused.add(event.destination);
      }
      const ofSweep = noteOfSweep(event);
      if (ofSweep !== undefined) return note(ofSweep);
      const ofEvent = describeEvent(event);
      if (ofEvent !== undefined) limited.note(ofEvent);
    },
    end() {
      limited.end();
      paused.clear();
    },
  };
}

function noteOfEvent(event: SweepEvent): string | undefined {
  switch (event.type) {
    case "failed":
      return `left for the next sweep: ${quoteId(event.id)}: ${event.error.message}`;
    case "undeleted":
      return `delivered but not deleted: ${quoteId(event.id)}: ${event.error.message}`;
    case "already-delivered":
      return `delivered by an earlier sweep, now deleted: ${quoteId(event.id)}`;
    case "dead":
      return `dead-lettered: ${quoteId(event.id)}: ${whyDead(event.reason, event.error)}`;
    case "expired":
      return `expired, dead-lettered: ${quoteId(event.id)}: ${event.message}`;
    case "destination-paused":
      return `${event.destination} gets no events until ${showClock(event.until)}: ${event.message}`;
    case "refused":
      return `left where it is: ${quoteId(event.id)}: ${whyLeft(event)}`;
    default:
      return undefined;
  }
}

function noteOfSweep(event: SweepEvent): string | undefined {
  switch (event.type) {
    case "lease-unsupported":
      return "this store can't have a lease: run one sweeper at a time, and keywhen doctor --probe to see why";
    case "lease-unreadable":
      return "the lease object was unreadable and is replaced; the sweep looks for each due event at its target first";
    case "lease-unreleased":
      return `the lease could not be released, it expires within a minute: ${event.error.message}`;
    case "shard-map-unreadable":
      return "the shard map is unreadable, so all 256 shards are swept: run keywhen doctor";
    case "shard-failed":
      return `${shardText(event.shard)} could not be swept: ${event.error.message}`;
    case "journal-failed":
      return `${event.lines === 1 ? "one line" : `${event.lines} lines`} of the journal could not be written and are lost: ${event.error.message}`;
    case "list-failed":
      return `listing failed: ${event.error instanceof Error ? event.error.message : event.error}`;
    default:
      return undefined;
  }
}

function shardText(shard: number | undefined): string {
  return shard === undefined ? "pending/" : `shard ${shard.toString(16).padStart(2, "0")}`;
}

/** Why an event was refused, and what to do if the patterns are the cause. */
export function whyLeft({ reason, message }: Extract<SweepEvent, { type: "refused" }>): string {
  return reason === "target-not-allowed" ? `${message}; check --allow` : message;
}

type DeadLetterReason = Extract<SweepEvent, { type: "dead" }>["reason"];

export function whyDead(reason: DeadLetterReason, error: Error | undefined): string {
  const message = error === undefined ? "" : `, ${error.message}`;
  switch (reason) {
    case "target-not-allowed":
      return "--allow doesn't name its target";
    case "target-invalid":
      return `the store can't have its target${message}`;
    case "rejected":
      return `its destination rejected it${message}`;
    case "max-age":
      return `it failed for too long${message}`;
  }
}
