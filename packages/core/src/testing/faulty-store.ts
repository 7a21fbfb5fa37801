import { type StoreRequest, wrapStore } from "../requests/wrap-store.js";
import type { ObjectStore } from "../store/object-store.js";

/** What goes wrong with a request: an error that is returned is thrown. */
export interface Faults {
  /** The request is not sent. */
  readonly before?: ((request: StoreRequest) => Error | undefined) | undefined;
  /** The request is carried out and its answer is lost. */
  readonly after?: ((request: StoreRequest) => Error | undefined) | undefined;
}

/** A store whose requests fail as `faults` says, to see how a caller copes. */
export function faultyStore(store: ObjectStore, faults: Faults): ObjectStore {
  return wrapStore(store, async (request, call, send) => {
    throwIfAny(faults.before?.(request));
    const result = await send(call);
    throwIfAny(faults.after?.(request));
    return result;
  });
}

/** A store that passes every request to `record` before it sends it. */
export function recordingStore(
  store: ObjectStore,
  record: (request: StoreRequest) => void,
): ObjectStore {
  return faultyStore(store, { before: (request) => void record(request) });
}

function throwIfAny(error: Error | undefined): void {
  if (error !== undefined) throw error;
}
