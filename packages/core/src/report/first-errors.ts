import { isStoreError } from "../store/object-store-error.js";
import type { SweepEvent } from "./sweep-event.js";

/** An error in a report. */
export interface SweepError {
  readonly type: SweepEvent["type"];
  /** The store's error code, or why an event was refused. */
  readonly code: string | undefined;
  readonly message: string;
}

/** Keeps the first error of each kind: a report counts all of them, and these say why. */
export interface FirstErrors {
  readonly list: readonly SweepError[];
  add(...errors: readonly SweepError[]): void;
}

/** Kinds in one report at most. */
const MOST = 5;

export function createFirstErrors(): FirstErrors {
  const first = new Map<string, SweepError>();
  return {
    get list() {
      return [...first.values()];
    },
    add(...errors) {
      for (const error of errors) {
        const kind = `${error.type} ${error.code}`;
        if (first.size < MOST && !first.has(kind)) first.set(kind, error);
      }
    },
  };
}

/** Describes anything that can be thrown: only a store's error has a code that is known here. */
export function sweepErrorOf(type: SweepEvent["type"], error: unknown): SweepError {
  return isStoreError(error)
    ? { type, code: error.code, message: error.message }
    : { type, code: undefined, message: String(error) };
}
