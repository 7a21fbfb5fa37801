import type { Clock } from "../../clock.js";
import { isCopyOf } from "../../options/metadata.js";
import type { RandomSource } from "../../random.js";
import { retry } from "../../requests/retry.js";
import type { ObjectStore } from "../../store/object-store.js";
import { ObjectStoreError, storeErrorOf } from "../../store/object-store-error.js";
import type { DueEvent } from "../due-event.js";

/** What the target says about an event that may have been copied to it. */
export type Look =
  /** It is this event's copy. */
  | { readonly found: "there" }
  | { readonly found: "not-there" }
  /** It can't be known: the event has no delivery id, or the target can't be read. */
  | { readonly found: "unknown" }
  /** The store did not answer, for a reason that can pass. */
  | { readonly found: "unanswered"; readonly error: ObjectStoreError };

/** One look is worth less waiting than a copy. */
const ATTEMPTS = 3;

/** Sends one HEAD of the target. */
export async function lookAtTarget(
  store: ObjectStore,
  event: DueEvent,
  signal: AbortSignal,
): Promise<Look> {
  if (event.deliveryId === undefined) return { found: "unknown" };
  try {
    return await look(store, event, signal);
  } catch (caught) {
    return unseen(storeErrorOf(caught));
  }
}

export interface PatientLook {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Aborts the request. */
  readonly copySignal: AbortSignal;
  /** Aborts when nothing new may start, another try included. */
  readonly startSignal: AbortSignal;
}

/** Sends a HEAD of the target again if the store had no answer. */
export async function lookUntilAnswered(
  { store, clock, random, copySignal, startSignal }: PatientLook,
  event: DueEvent,
): Promise<Look> {
  if (event.deliveryId === undefined) return { found: "unknown" };
  const policy = { clock, random, signal: startSignal, attempts: ATTEMPTS };
  try {
    return await retry(policy, () => look(store, event, copySignal));
  } catch (caught) {
    return unseen(storeErrorOf(caught));
  }
}

async function look(store: ObjectStore, event: DueEvent, signal: AbortSignal): Promise<Look> {
  const info = await store.head(event.to, { signal });
  const isThere = info !== undefined && isCopyOf(event, info.metadata);
  return { found: isThere ? "there" : "not-there" };
}

/** A missing permission stays: only a copy can help. Rejected credentials and an outage pass. */
function unseen(error: ObjectStoreError): Look {
  const canPass = error.retryable || error.code === "unauthenticated";
  return canPass ? { found: "unanswered", error } : { found: "unknown" };
}

/** Why an event waits whose target could not be looked at: it may have been delivered, so this is undecided. */
export function unlookedFor({ to }: DueEvent, cause: ObjectStoreError): ObjectStoreError {
  return new ObjectStoreError({
    ...to,
    code: cause.code,
    retryable: cause.retryable,
    undecided: true,
    operation: "head",
    message: `an earlier sweep may have delivered it, and the store does not answer whether it did, so it waits (${cause.message})`,
    cause,
  });
}
