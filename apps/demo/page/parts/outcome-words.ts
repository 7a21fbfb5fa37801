import type {
  CancelOutcome,
  PurgeOutcome,
  RedriveOutcome,
  RescheduleOutcome,
  ScheduleOutcome,
} from "../../src/api/events.js";
import { clockTime } from "../format/time.js";

/** What happened, and what to do. */
export type NoticeWords = readonly [
  tone: "ok" | "warn" | "bad",
  text: string,
  hint?: string | undefined,
];

export const NOT_WAITING = "It does not wait any more: it was delivered, moved or cancelled.";
const NOT_FAILED = "It is not a failed event any more: it was redriven or purged.";

export function scheduleWords({ outcome, at, to, why }: ScheduleOutcome): NoticeWords {
  switch (outcome) {
    case "scheduled":
      return ["ok", `Scheduled for ${timeOf(at)}: ${to.bucket}/${to.key}`];
    case "exists":
      return [
        "warn",
        "An event with this time, target and delivery id is already scheduled.",
        "To schedule one more, choose another delivery id.",
      ];
    case "too-late":
      return [
        "warn",
        `Too late for a chosen delivery id: it is due at ${timeOf(at)}.`,
        "Choose a later time, or leave out the id.",
      ];
    case "undecided":
      return unanswered("it may be scheduled", why);
  }
}

export function cancelWords(result: CancelOutcome): NoticeWords {
  switch (result.outcome) {
    case "cancelled":
      return ["ok", "Cancelled: it will not be delivered."];
    case "not-found":
      return ["warn", NOT_WAITING];
    case "too-late":
      return ["warn", `Too late: it closed at ${timeOf(result.closedAt)} and will be delivered.`];
    case "undecided":
      return unanswered("it may still be delivered", result.why);
  }
}

export function rescheduleWords(result: RescheduleOutcome): NoticeWords {
  switch (result.outcome) {
    case "rescheduled":
      return ["ok", `Rescheduled for ${timeOf(result.at)}.`];
    case "unchanged":
      return ["ok", "It is already due at this time."];
    case "not-found":
      return ["warn", NOT_WAITING];
    case "too-late":
      return ["warn", `Too late: it closed at ${timeOf(result.closedAt)} and will be delivered.`];
    case "undecided":
      return unanswered("it may wait at both times", result.why, "Reschedule it again to finish.");
  }
}

export function redriveWords(result: RedriveOutcome): NoticeWords {
  if (result.outcome === "redriven") return ["ok", "It waits again, due now."];
  if (result.outcome === "not-found") return ["warn", NOT_FAILED];
  return unanswered("it may wait again", result.why);
}

export function purgeWords(result: PurgeOutcome): NoticeWords {
  if (result.outcome === "purged") return ["ok", "Purged."];
  if (result.outcome === "undecided") return unanswered("it may be deleted", result.why);
  return ["warn", NOT_FAILED];
}

function unanswered(
  what: string,
  why = "no reason is known",
  hint = "Look for it in the lists before you try again.",
): NoticeWords {
  return ["warn", `The store's answer is missing (${why}): ${what}.`, hint];
}

function timeOf(at: string): string {
  return clockTime(Date.parse(at));
}
