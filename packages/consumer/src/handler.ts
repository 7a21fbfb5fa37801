import { type Duration, KeywhenError } from "@keywhen/core";
import type { Destination, DestinationResult } from "@keywhen/core/destination";
import { checkOptionNames, isError, showValue, thrownMessage } from "@keywhen/core/internal";
import { checkSchema, type Payload, readerOf } from "./payload.js";
import type { StandardSchema } from "./standard-schema.js";

/** An event that a sweeper hands to a function of the same process. */
export interface HandlerDelivery<Json = unknown> extends Payload {
  /** The event's id, equal for every try. */
  readonly id: string;
  /** The idempotency key, equal for every try. `undefined` for a key that was written by hand without one. */
  readonly deliveryId: string | undefined;
  /** When it was due. */
  readonly at: Date;
  /** When it expires (`expiresAfter`); `undefined` without a limit. No try starts later. */
  readonly expiresAt: Date | undefined;
  /** The event's target bucket: the name of the destination. */
  readonly bucket: string;
  /** The event's target key. */
  readonly key: string;
  readonly contentEncoding: string | undefined;
  readonly cacheControl: string | undefined;
  /** `false`: this is certainly the first try. `true`: the function may have been called with it before. */
  readonly mayBeRepeat: boolean;
  /** Aborts when the time limit is over, the lease is lost, or the sweeper stops: what the function returns then no longer counts. */
  readonly signal: AbortSignal;
  /** The body's JSON, checked by the schema of the handler. Throws `invalid-payload` with what doesn't match. */
  json(): Promise<Json>;
}

export interface HandlerOptions<Json = unknown> {
  /** How long one call may take, from 10ms to 1h. After that its signal aborts, and the try has failed. @default "1m" */
  readonly timeout?: Duration | undefined;
  /** The most calls in flight of one sweeper. @default 16 */
  readonly concurrency?: number | undefined;
  /** Types and checks what `json()` returns: any Standard Schema. */
  readonly schema?: StandardSchema<Json> | undefined;
}

/**
 * Throw it from a handler if no later try can succeed: the event becomes a dead letter immediately, with this message and the
 * reason `rejected`.
 */
export class DoNotRetry extends Error {
  /** For the stack trace in a minified bundle. */
  static override readonly name: string = "DoNotRetry";
  override readonly name = "DoNotRetry";
}

/**
 * A destination that calls a function for each event. The event is deleted when the function has returned. If it throws, or takes
 * longer than `timeout`, the event is tried again after 1, 2, 4 … 60 minutes, and becomes a dead letter after `maxAge`. A crash
 * between the end of the function and the delete calls it again with the same `deliveryId`, so make it idempotent.
 */
export function handler<Json = unknown>(
  handle: (delivery: HandlerDelivery<Json>) => unknown,
  options: HandlerOptions<Json> = {},
): Destination {
  if (typeof handle !== "function") {
    throw new KeywhenError(
      "invalid-option",
      `handler() must be called with a function that takes a delivery (got ${showValue(handle)}).`,
    );
  }
  checkOptionNames(options, ["timeout", "concurrency", "schema"], "handler()");
  const { timeout, concurrency, schema } = options;
  checkSchema(schema, "handler()");
  return {
    timeout,
    concurrency,
    async deliver(event, open, signal) {
      const { dueAt: at, destination: bucket, ...described } = event;
      const opened = await open();
      signal.throwIfAborted(); // the store may have ignored it
      const { bytes, text, json } = readerOf({ bucket, key: event.key }, opened.body);
      // Without a schema, Json is unknown unless the caller named it.
      const checkedJson = () => json(schema) as Promise<Json>;
      const delivery = { ...described, ...opened, at, bucket, signal, bytes, text };
      try {
        await handle({ ...delivery, json: checkedJson });
        return { outcome: "delivered" };
      } catch (error) {
        return resultOf(error);
      }
    },
  };
}

/** By its name, so that two copies of this package agree. */
function resultOf(error: unknown): DestinationResult {
  const name = nameOf(error);
  const outcome = name === "DoNotRetry" ? "rejected" : "failed";
  return { outcome, message: thrownMessage(error) || name, cause: error };
}

/** Anything can be thrown, also what has no readable name. */
function nameOf(error: unknown): string {
  try {
    return isError(error) ? String(error.name) : "";
  } catch {
    return "";
  }
}
