import { onAbort } from "../callbacks.js";
import type { DueEvent } from "../event-table/due-event.js";
import { receivedMetadata } from "../options/metadata.js";
import { retry } from "../requests/retry.js";
import { isStoreError, ObjectStoreError } from "../store/object-store-error.js";
import type { OpenedEvent } from "../targets/destination.js";
import { type DeliveryError, DestinationError } from "../targets/destination-error.js";
import { isExpired, type SweepRun } from "./sweep-run.js";

/** Opens the payload of an event for its destination, and knows what the sweep must know of that. */
export class EventOpener {
  /** It is no longer in the schedule. */
  isGone = false;
  /** It had expired when it was opened. */
  hasExpired = false;
  /** Why it could not be opened the last time. */
  error: DeliveryError | undefined;
  readonly #run: SweepRun;
  readonly #event: DueEvent;
  readonly #bodies: ReadableStream<Uint8Array>[] = [];
  /** Ends the store's requests and bodies with the call. */
  readonly #ended = new AbortController();

  constructor(run: SweepRun, event: DueEvent) {
    this.#run = run;
    this.#event = event;
  }

  /** Throws the store's error, also if the event is gone. The body ends when the signal aborts, or the call has ended. */
  async open(signal: AbortSignal): Promise<OpenedEvent> {
    const { schedule, unlimitedStore } = this.#run;
    const ref = { bucket: schedule.bucket, key: this.#event.key };
    const ended = this.#ended.signal;
    onAbort(signal, () => this.#ended.abort(signal.reason));
    const get = () => unlimitedStore.get(ref, { signal: ended });
    const opened = await retry({ ...schedule, signal: ended }, get).catch(this.#fail);
    if (opened === undefined) {
      this.isGone = true;
      throw goneError(ref);
    }
    if (ended.aborted) {
      void opened.body.cancel().catch(() => {}); // the store has ignored the signal
      throw ended.reason;
    }
    this.#bodies.push(opened.body);
    this.error = this.#isStopped() ? this.#interrupted() : undefined;
    if (this.error !== undefined) throw this.error;
    const { size, contentType, contentEncoding, cacheControl, body } = opened;
    const metadata = receivedMetadata(opened.metadata);
    return { size, contentType, contentEncoding, cacheControl, metadata, body };
  }

  /** The call has ended: cancels what is unread. The store closes what a forgotten reader has locked. */
  close(): void {
    for (const body of this.#bodies) if (!body.locked) void body.cancel().catch(() => {});
    this.#ended.abort(CALL_ENDED);
  }

  /**
   * A host that was frozen while it opened the event learns it here, before its timers fire: another sweeper may have the event
   * now. Or its clock was set back, or the event has expired.
   */
  #isStopped(): boolean {
    const { shutdown, clock } = this.#run;
    this.hasExpired = isExpired(this.#run, this.#event);
    if (this.hasExpired) return true;
    return shutdown.obstacleToCall(0) !== undefined || clock.now() < this.#event.atMs;
  }

  #interrupted(): DestinationError {
    const { bucket: destination, key } = this.#event.to;
    const message = "the sweep ended before it could be handed over";
    return new DestinationError({
      code: "interrupted",
      destination,
      key,
      message,
      undecided: false,
    });
  }

  readonly #fail = (caught: unknown): never => {
    if (isStoreError(caught)) this.error = caught;
    throw caught;
  };
}

/** One for all calls: to make one takes a stack trace. Not a `DOMException`, which another JavaScript context may not have. */
const CALL_ENDED = Object.assign(new Error("The delivery of this event has ended."), {
  name: "AbortError",
});

function goneError(ref: { readonly bucket: string; readonly key: string }): ObjectStoreError {
  return new ObjectStoreError({
    ...ref,
    code: "unexpected",
    undecided: false,
    operation: "get",
    message:
      "the event is no longer in the schedule: it was canceled, or another sweeper delivered it",
  });
}
