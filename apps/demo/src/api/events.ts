/** Where an event is delivered. */
interface Target {
  readonly bucket: string;
  readonly key: string;
}

/** An event that waits. In the whole API, instants are ISO texts in UTC, and unknown fields are missing. */
export interface WaitingEvent {
  /** `when|bucket|key|delivery id`. Use `encodeURIComponent` to put it into an address. */
  readonly id: string;
  /** The due instant. */
  readonly at: string;
  readonly to: Target;
  /** The size of the body, in bytes. */
  readonly size: number;
  /** When it was written, by the store's clock. */
  readonly writtenAt: string;
  /** Only in lists of waiting events. */
  readonly obstacle?: Obstacle | undefined;
}

/** Why a waiting event is not delivered: its last attempt failed, or its target was refused. */
export interface Obstacle {
  readonly kind: "failed" | "refused";
  readonly error: { readonly code: string; readonly message: string };
}

interface EventDetails extends WaitingEvent {
  /** Missing for a key of three parts, which other programs may write. */
  readonly deliveryId?: string | undefined;
  readonly contentType?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** `GET /api/events/:id`. */
export interface WaitingEventDetails extends EventDetails {
  /** From then on it can't be cancelled or moved: `guardMs` before it is due. */
  readonly closesAt: string;
}

/** `GET /api/dead/:id`: an event that could not be delivered, and why. It can be redriven at any time. */
export interface DeadLetterDetails extends EventDetails {
  readonly diedAt: string;
  /** `max-age`, `target-not-allowed`, `target-invalid` or `expired`. */
  readonly reason?: string | undefined;
  /** The error of its last attempt. */
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

/** `GET /api/events` and `GET /api/dead`: a page in due order. */
export interface EventPage {
  readonly events: readonly WaitingEvent[];
  /** The `after` of the next page; missing on the last page. */
  readonly next?: string;
}

/** The largest `limit` of a page, and its default. */
export const LARGEST_PAGE = 1_000;

/** The longest body that `POST /api/events` accepts. */
export const LARGEST_BODY_BYTES = 100_000_000;

/** A delivered event. The server keeps the last `KEPT_DELIVERIES`, and begins with those in the journal of the last day. */
export interface Delivery {
  readonly id: string;
  /** The due instant. */
  readonly at: string;
  readonly to: Target;
  readonly size: number;
  /** When its copy began, or, for a delivery by another program, when its object was written (perhaps in whole seconds). */
  readonly deliveredAt: string;
  /** `deliveredAt` minus `at`. */
  readonly latenessMs: number;
  /**
   * `here`: by this server's sweeper. `elsewhere`: by another one; found at the target. `journal`: before this server started;
   * found in the journal.
   */
  readonly by: "here" | "elsewhere" | "journal";
  /** `journal`: the sweeper's name, such as `web-1 pid 4711`. */
  readonly sweeper?: string | undefined;
  /** A destination took it, so it is not at a target. */
  readonly toDestination?: true | undefined;
}

/** `GET /api/delivered`: the newest first. */
export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
}

export const KEPT_DELIVERIES = 2_000;

/** `GET /api/delivered/:id`: what is at the target of a delivery. */
export interface DeliveredObject {
  readonly delivery: Delivery;
  /**
   * `there`: the delivered object. `replaced`: another object, without details for a delivery from the journal. `gone`: no object,
   * because it was consumed or deleted. `none`: it went to a destination.
   */
  readonly object: "there" | "replaced" | "gone" | "none";
  readonly size?: number;
  readonly contentType?: string | undefined;
  readonly writtenAt?: string;
  /** The user's metadata and keywhen's (`keywhen-id`, `keywhen-at`). */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** `POST /api/events?bucket=…&key=…&in=10s` with the payload as its body. `exists` and `too-late`: only with a chosen delivery id. */
export interface ScheduleOutcome {
  readonly outcome: "scheduled" | "exists" | "too-late" | "undecided";
  readonly id: string;
  readonly at: string;
  readonly to: Target;
  readonly deliveryId: string;
  /** Why it is undecided, in one line. */
  readonly why?: string | undefined;
}

/** `POST /api/events/:id/cancel`. */
export type CancelOutcome =
  | { readonly outcome: "cancelled"; readonly id: string }
  | { readonly outcome: "not-found" }
  | { readonly outcome: "too-late"; readonly closedAt: string }
  | { readonly outcome: "undecided"; readonly why?: string | undefined };

/** `POST /api/events/:id/reschedule` with `{at}` or `{in}`. `undecided`: both may exist; the same call finishes the move. */
export type RescheduleOutcome =
  | { readonly outcome: "rescheduled"; readonly id: string; readonly at: string }
  | { readonly outcome: "unchanged"; readonly id: string }
  | { readonly outcome: "not-found" }
  | { readonly outcome: "too-late"; readonly closedAt: string }
  | {
      readonly outcome: "undecided";
      readonly id: string;
      readonly newId: string;
      readonly why?: string | undefined;
    };

/** `POST /api/dead/:id/redrive` with `{}` (now), `{at}` or `{in}`. */
export type RedriveOutcome =
  | { readonly outcome: "redriven"; readonly id: string; readonly at: string }
  | { readonly outcome: "not-found" }
  | { readonly outcome: "undecided"; readonly newId: string; readonly why?: string | undefined };

/** `DELETE /api/dead/:id`. */
export type PurgeOutcome =
  | { readonly outcome: "purged" | "not-found" }
  | { readonly outcome: "undecided"; readonly why?: string | undefined };

/** The JSON body of `reschedule` and `redrive`: an instant with an offset, or a duration such as `10m`. */
export type WhenRequest = { readonly at: string } | { readonly in: string };
