import { type Observer, parseEventId, type SweepEvent } from "@keywhen/core";
import { parseWakeUpId, systemClock } from "@keywhen/core/internal";
import { targetOf } from "../events/event-ids.js";
import { quoteId } from "../outcome.js";
import type { Output } from "../output/output.js";
import { showClock, showSpan } from "../output/show-time.js";
import { describeForwarded, type Forwarded } from "./forwarder.js";
import { createSweepNotes, whyDead, whyLeft } from "./sweep-notes.js";
import { createTroubleNotes } from "./trouble-notes.js";

export type Delivered = Extract<SweepEvent, { type: "delivered" }>;

/** The lines of `keywhen run`: deliveries on stdout, problems on stderr. */
export interface RunLines {
  readonly observe: Observer;
  delivered(event: Delivered, forwarded?: Forwarded): void;
  note(text: string): void;
}

/** `09:00:00.003  delivered  acme-reminders/42.json  3 ms late`. */
export function createRunLines(output: Output, storeUrl: string | undefined): RunLines {
  const note = (text: string) => output.note(`${showClock(new Date(systemClock.now()))}  ${text}`);
  const notes = createSweepNotes(note, noteOfEvent);
  const observeTrouble = createTroubleNotes(note, storeUrl);
  return {
    note,
    delivered(event, forwarded) {
      const { id, to, latenessMs } = event;
      const time = showClock(startOf(event));
      const line = `${time}  delivered  ${to.bucket}/${to.key}  ${showSpan(latenessMs)} late`;
      const end = forwarded === undefined ? "" : `  → ${describeForwarded(forwarded)}`;
      void output.print({ json: event, text: `${line}${end}`, quiet: id });
    },
    observe(event) {
      observeTrouble(event);
      if (event.type === "swept") notes.end();
      else if (event.type !== "list-failed") notes.observe(event); // observeTrouble() notes that
    },
  };
}

/** Returns when the copy began. */
export function startOf({ id, latenessMs }: Delivered): Date {
  const dueMs = parseEventId(id)?.at.getTime() ?? parseWakeUpId(id)?.atMs; // other codecs have other ids
  return new Date(dueMs === undefined ? systemClock.now() : dueMs + latenessMs);
}

function noteOfEvent(event: SweepEvent): string | undefined {
  switch (event.type) {
    case "failed":
      return `failed     ${targetOf(event.id)}  ${event.error.message}`;
    case "undeleted":
      return `undeleted  ${targetOf(event.id)}  delivered, but not deleted: ${event.error.message}`;
    case "already-delivered":
      return `deleted    ${targetOf(event.id)}  an earlier sweep had delivered it`;
    case "dead":
      return `dead       ${quoteId(event.id)}  ${whyDead(event.reason, event.error)}`;
    case "expired":
      return `expired    ${quoteId(event.id)}  ${event.message}`;
    case "destination-paused":
      return `paused     ${event.destination}  until ${showClock(event.until)}: ${event.message}`;
    case "refused":
      return `left       ${quoteId(event.id)}  ${whyLeft(event)}`;
    default:
      return undefined;
  }
}
