import assert from "node:assert/strict";
import { isStoreError, type ObjectStoreError, type StoreErrorCode } from "@keywhen/core/store";
import { within } from "./calls.js";

/** Proves that a call is refused with this code, and that nothing was done. */
export async function refuses(call: Promise<unknown>, code: StoreErrorCode): Promise<void> {
  const error = await thrownBy(call);
  assert.equal(error.code, code, `refused with ${code}, not with: ${error.message}`);
  assert.equal(error.retryable, false, `${code} is not retryable: the same call fails again`);
  assert.equal(error.undecided, false, `${code} is decided: nothing was done`);
}

export async function thrownBy(call: Promise<unknown>): Promise<ObjectStoreError> {
  const outcome = await call.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  if ("result" in outcome) assert.fail(`must be refused, gave ${JSON.stringify(outcome.result)}`);
  assert.ok(isStoreError(outcome.error), `must throw an ObjectStoreError, threw ${outcome.error}`);
  return outcome.error;
}

export function isUndecidedRace(error: unknown): boolean {
  return isStoreError(error) && error.retryable && error.undecided;
}

const SOON_MS = 2_000;

export function soon<Result>(call: Promise<Result>): Promise<Result> {
  const message = `didn't end within ${SOON_MS} ms`;
  return within(SOON_MS, call, new assert.AssertionError({ message }));
}
