import type { ObjectRef, PutCondition } from "../store/object-store.js";
import { ObjectStoreError } from "../store/object-store-error.js";

/** A conditional put that was not certainly written. */
export interface RefusedWrite {
  /** `undefined` where the store has no conditions. */
  readonly condition: PutCondition | undefined;
  /** What the store threw; `undefined` if it answered that another write came first. */
  readonly error: ObjectStoreError | undefined;
}

/** As often as any other request is sent: a full disk does not become empty. */
const MOST_FAILURES = 5;
/** A store that refuses the version that it reports is not in a race. */
const MOST_SAME_VERSION = 5;

/**
 * The error that stops a writer after the refusals so far; `undefined` if it reads and writes again. Only lost
 * races and throttling are worth `mostTries`: after a few failures of another kind the store's own error is thrown.
 */
export function reasonToStop(
  ref: ObjectRef,
  refused: readonly RefusedWrite[],
  mostTries: number,
): ObjectStoreError | undefined {
  const failures = refused.flatMap(({ error }) => (isFailure(error) ? [error] : []));
  if (failures.length >= MOST_FAILURES) return failures.at(-1);
  if (isVersionRefused(refused)) return versionRefused(ref, refused.at(-1)?.condition);
  if (refused.length < mostTries) return undefined;
  const cause = refused.at(-1)?.error;
  return cause !== undefined && cause.code !== "conflict"
    ? cause
    : contended(ref, mostTries, cause);
}

/** Not by a race, and not for want of time. */
function isFailure(error: ObjectStoreError | undefined): error is ObjectStoreError {
  return error !== undefined && error.code !== "conflict" && error.code !== "throttled";
}

/** Each version that was read is refused as old, and then read again. */
function isVersionRefused(refused: readonly RefusedWrite[]): boolean {
  const last = refused.slice(-MOST_SAME_VERSION);
  const seen = new Set(last.map(({ condition }) => JSON.stringify(condition)));
  const isAnswered = last.every(({ error, condition }) => error === undefined && condition);
  return last.length === MOST_SAME_VERSION && isAnswered && seen.size === 1;
}

function versionRefused(ref: ObjectRef, condition: PutCondition | undefined): ObjectStoreError {
  const what =
    condition?.if === "version"
      ? `the store refuses version ${condition.version} as outdated, but still reports it`
      : "the store answers that the object exists, but does not find it";
  return new ObjectStoreError({
    ...ref,
    code: "not-supported",
    operation: "put",
    message: `${what} (${MOST_SAME_VERSION} tries): its conditional puts do not work here. A proxy that changes ETags does this`,
  });
}

function contended(ref: ObjectRef, tries: number, cause: unknown): ObjectStoreError {
  const message = `${tries} tries met other writers`;
  return new ObjectStoreError({ ...ref, code: "conflict", operation: "put", message, cause });
}
