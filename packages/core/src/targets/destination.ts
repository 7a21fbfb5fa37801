import type { Duration } from "../time/duration.js";

/**
 * What takes the events whose target bucket names it: a function, a webhook, a program. Every other event is copied to its
 * target. The sweep keeps the lease, the order of each target key, back-off and dead letters; a destination hands over one event.
 */
export interface Destination {
  /**
   * Hands over one event and returns what became of it. Never called before the event is due or after it has expired, and for one event of a target key
   * (`event.key`) at a time. What it throws counts as `failed` and `undecided`. When `signal` aborts, its answer no longer counts:
   * the time limit is over, the lease is lost, or the sweep shuts down; the reason of the signal says which. It should then stop.
   */
  deliver(
    event: DestinationEvent,
    open: OpenEvent,
    signal: AbortSignal,
  ): Promise<DestinationResult>;
  /**
   * Was this event delivered? Called before `deliver` if an earlier try may have reached the receiver (`mayBeRepeat`).
   * `unknown`: nothing shows it, now or later. If it throws, the event waits for a later sweep.
   * @default such an event is delivered again
   */
  find?(event: DestinationEvent, signal: AbortSignal): Promise<"found" | "not-found" | "unknown">;
  /** How long one call of `deliver` or `find` may take, from 10ms to 1h. After that the try has failed. @default "1m" */
  readonly timeout?: Duration | undefined;
  /** The most deliveries in flight of one sweeper, in addition to its copies. @default 16 */
  readonly concurrency?: number | undefined;
}

/** An event that a destination delivers. */
export interface DestinationEvent {
  /** The event's id: its key without the prefix. Equal for every try, and unique in the schedule. */
  readonly id: string;
  /** The idempotency key: equal for every try. `undefined` for a key that was written by hand without one; `id` is unique too. */
  readonly deliveryId: string | undefined;
  readonly dueAt: Date;
  /** When it expires (`expiresAfter`); `undefined` without a limit. No try starts later; one that has started may go on. */
  readonly expiresAt: Date | undefined;
  /** The name of the destination: the event's target bucket. */
  readonly destination: string;
  /** The event's target key. */
  readonly key: string;
  /** Bytes of the body. */
  readonly size: number;
  /** `false`: this is certainly the first try. `true`: an earlier one may have reached the receiver. */
  readonly mayBeRepeat: boolean;
}

/**
 * Opens the event for one reading, one GET each time. Throws if the event is no longer in the schedule or can't be read. Let that
 * error pass: the sweep knows what it means. What is still unread of a body when `deliver` settles ends with an error or is canceled.
 */
export type OpenEvent = () => Promise<OpenedEvent>;

/** The payload of an event, as its writer stored it. */
export interface OpenedEvent {
  /** Bytes of the body. */
  readonly size: number;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly cacheControl: string | undefined;
  /** The writer's, and that of a recurring schedule's occurrence. Without `keywhen-id` and `keywhen-at`: `DestinationEvent` has them. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Ends with an error when the signal of `deliver` aborts. */
  readonly body: ReadableStream<Uint8Array>;
}

/** What became of one try. */
export type DestinationResult =
  /** The receiver has the event, which is deleted now. */
  | { readonly outcome: "delivered" }
  /** A later try may succeed. After `maxAge` the event becomes a dead letter with the last message. */
  | {
      readonly outcome: "failed";
      readonly message: string;
      readonly cause?: unknown;
      /** The receiver may have the event all the same. @default false */
      readonly undecided?: boolean | undefined;
    }
  /** No try can succeed: the event becomes a dead letter immediately, with this message and the reason `rejected`. */
  | { readonly outcome: "rejected"; readonly message: string; readonly cause?: unknown }
  /**
   * The receiver did not take the event, and should get none for this time, at most an hour. Other targets are not affected. The
   * event is tried again after that; if the sweep ends before, the try has failed.
   */
  | {
      readonly outcome: "slow-down";
      readonly message: string;
      /** Milliseconds from now. Below a second, it doubles from 100 ms up to a minute until an event is delivered. */
      readonly retryAfterMs: number;
      readonly cause?: unknown;
    };
