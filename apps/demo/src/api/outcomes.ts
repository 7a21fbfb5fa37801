import type { Target } from "./waiting-event.js";

/** `POST /api/events?bucket=…&key=…&in=10s`, the body being the payload. `exists` and `too-late` only with a chosen delivery id. */
export interface ScheduleOutcome {
  readonly outcome: "scheduled" | "exists" | "too-late" | "undecided";
  readonly id: string;
  readonly at: string;
  readonly to: Target;
  readonly deliveryId: string;
  /** Why it is undecided, in one line. */
  readonly why?: string;
}

/** `POST /api/events/:id/cancel`. */
export type CancelOutcome =
  | { readonly outcome: "cancelled"; readonly id: string }
  | { readonly outcome: "not-found" }
  | { readonly outcome: "too-late"; readonly closedAt: string }
  | { readonly outcome: "undecided"; readonly why?: string };

/** `POST /api/events/:id/reschedule` with `{at}` or `{in}`. `undecided`: both may exist; calling again finishes it. */
export type RescheduleOutcome =
  | { readonly outcome: "rescheduled"; readonly id: string; readonly at: string }
  | { readonly outcome: "unchanged"; readonly id: string }
  | { readonly outcome: "not-found" }
  | { readonly outcome: "too-late"; readonly closedAt: string }
  | {
      readonly outcome: "undecided";
      readonly id: string;
      readonly newId: string;
      readonly why?: string;
    };

/** `POST /api/dead/:id/redrive` with `{}` (now), `{at}` or `{in}`. */
export type RedriveOutcome =
  | { readonly outcome: "redriven"; readonly id: string; readonly at: string }
  | { readonly outcome: "not-found" }
  | { readonly outcome: "undecided"; readonly newId: string; readonly why?: string };

/** `DELETE /api/dead/:id`. */
export type PurgeOutcome =
  | { readonly outcome: "purged" | "not-found" }
  | { readonly outcome: "undecided"; readonly why?: string };

/** What `reschedule` and `redrive` are sent, as JSON: an instant with an offset, or a duration like `10m`. */
export type WhenRequest = { readonly at: string } | { readonly in: string };
