import type { DeadLetterReason, Observer, SweepEvent } from "@keywhen/core";
import { quoteId } from "./show-id.js";

const SHOWN = 10;

/**
 * Tells why events were left, the first few of them in a sweep: a thousand lines of one reason tell no more. What
 * concerns the sweep as a whole is always told.
 */
export function createSweepNotes(
  note: (text: string) => void,
  describeEvent: (event: SweepEvent) => string | undefined = noteOfEvent,
): {
  readonly observe: Observer;
  /** The sweep has ended. */
  readonly end: () => void;
} {
  let told = 0;
  return {
    observe(event) {
      const ofSweep = noteOfSweep(event);
      if (ofSweep !== undefined) return note(ofSweep);
      const ofEvent = describeEvent(event);
      if (ofEvent === undefined) return;
      told += 1;
      if (told <= SHOWN) note(ofEvent);
    },
    end: () => {
      if (told > SHOWN) note(`… and ${told - SHOWN} more like these`);
      told = 0;
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
      return `given up: ${quoteId(event.id)}: ${whyDead(event.reason, event.error)}`;
    case "refused":
      return `left where it is: ${quoteId(event.id)}: ${whyLeft(event)}`;
    default:
      return undefined;
  }
}

function noteOfSweep(event: SweepEvent): string | undefined {
  switch (event.type) {
    case "lease-unsupported":
      return "this store can't keep sweepers apart: run one at a time (keywhen doctor --probe tells why)";
    case "lease-unreadable":
      return "the lease object was unreadable and is written anew; what is due is looked for at its targets first";
    case "lease-unreleased":
      return `the lease is not let go, it ends within a minute: ${event.error.message}`;
    case "shard-map-unreadable":
      return "the shard map is unreadable, so all 256 shards are swept (keywhen doctor says what to do)";
    case "shard-failed":
      return `${shardText(event.shard)} could not be swept: ${event.error.message}`;
    case "list-failed":
      return `listing broke off: ${textOf(event.error)}`;
    default:
      return undefined;
  }
}

function shardText(shard: number | undefined): string {
  return shard === undefined ? "pending/" : `shard ${shard.toString(16).padStart(2, "0")}`;
}

/** Why an event was refused, and what to do if the patterns are the cause. */
export function whyLeft({ reason, message }: Extract<SweepEvent, { type: "refused" }>): string {
  return reason === "target-not-allowed" ? `${message}; look at --allow` : message;
}

export function whyDead(reason: DeadLetterReason, error: Error | undefined): string {
  switch (reason) {
    case "target-not-allowed":
      return "--allow doesn't name its target";
    case "target-invalid":
      return `the store can't have its target${error === undefined ? "" : `, ${error.message}`}`;
    case "max-age":
      return `it failed for too long${error === undefined ? "" : `, ${error.message}`}`;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
