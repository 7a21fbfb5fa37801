/** Where an event goes, or went. */
export interface Target {
  readonly bucket: string;
  readonly key: string;
}

/** An event that waits. Instants are ISO texts in UTC, everywhere in this API. */
export interface WaitingEvent {
  /** `when|bucket|key|delivery id`. In an address it is written by `encodeURIComponent`. */
  readonly id: string;
  /** The due instant. */
  readonly at: string;
  readonly to: Target;
  /** Bytes of the body. */
  readonly size: number;
  /** When it was written, by the store's clock. */
  readonly writtenAt: string;
}

/** `GET /api/events/:id`. */
export interface WaitingEventDetails extends WaitingEvent {
  /** Missing for a key written by hand in three parts. */
  readonly deliveryId?: string;
  readonly contentType?: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** From then on it can be neither cancelled nor moved: `guardMs` before it is due. */
  readonly closesAt: string;
}

/** `GET /api/events` and `GET /api/dead`: a page in due order. */
export interface EventPage {
  readonly events: readonly WaitingEvent[];
  /** Give it as `after` to go on; missing if this page is the last. */
  readonly next?: string;
}

/** The most events that one page has, and what it has if no `limit` is asked for. */
export const LARGEST_PAGE = 1_000;
