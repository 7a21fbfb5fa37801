import type { Clock } from "../clock.js";
import type { ObjectStore, StoreCall } from "../store/object-store.js";
import { isStoreError, ObjectStoreError } from "../store/object-store-error.js";
import { type StoreRequest, wrapStore } from "./wrap-store.js";

const ENDED = "ended";
const REQUEST_LIMIT_MS = 10_000;
const COPY_LIMIT_MS = 15_000;
const COPY_BYTES_PER_MS = 20_000;
/** 2 Mbit/s: a slower uplink of large bodies wants a stream, which has no limit of its own. */
const PUT_BYTES_PER_MS = 250;

/**
 * A store whose every request ends: past its time limit it is aborted and fails as `unavailable`, even if
 * the store below ignores the signal. What a store throws besides an `ObjectStoreError` becomes one
 * (`unexpected`), so that the rest of core decides by code alone.
 */
export function limitedStore(store: ObjectStore, clock: Clock): ObjectStore {
  return wrapStore(store, (request, call, send) => sendWithLimit(clock, request, call, send));
}

async function sendWithLimit<T>(
  clock: Clock,
  request: StoreRequest,
  call: StoreCall,
  send: (call: StoreCall) => Promise<T>,
): Promise<T> {
  const limitMs = requestLimitMs(request);
  const abort = new AbortController();
  const ended = new AbortController();
  const failure = new Promise<never>((_, reject) => {
    const fail = (error: ObjectStoreError) => {
      reject(error);
      abort.abort(error);
    };
    const onCallerAbort = () => fail(abortedByCaller(request, call.signal?.reason));
    if (call.signal?.aborted) onCallerAbort();
    call.signal?.addEventListener("abort", onCallerAbort, { signal: ended.signal });
    if (limitMs === undefined) return;
    void clock.sleep(limitMs, { signal: ended.signal }).then(() => {
      if (!ended.signal.aborted) fail(tooSlow(request, limitMs));
    });
  });
  failure.catch(() => {}); // the race below reports it; without it nobody waits for it
  try {
    return await Promise.race([send({ ...call, signal: abort.signal }), failure]);
  } catch (error) {
    throw isStoreError(error) ? error : unforeseen(request, error);
  } finally {
    ended.abort(ENDED); // a reason, because the default one is an exception with a stack: 20 us
  }
}

/** `undefined`: a stream of unknown length takes as long as it takes. */
function requestLimitMs({ kind, sizeBytes }: StoreRequest): number | undefined {
  switch (kind) {
    case "put":
      return sizeBytes === undefined
        ? undefined
        : REQUEST_LIMIT_MS + Math.ceil(sizeBytes / PUT_BYTES_PER_MS);
    case "copy":
    case "move":
      return COPY_LIMIT_MS + Math.ceil((sizeBytes ?? 0) / COPY_BYTES_PER_MS);
    default:
      return REQUEST_LIMIT_MS;
  }
}

function tooSlow(request: StoreRequest, limitMs: number): ObjectStoreError {
  return new ObjectStoreError({
    ...place(request),
    code: "unavailable",
    message: `no answer within ${limitMs / 1000} s`,
  });
}

function abortedByCaller(request: StoreRequest, cause: unknown): ObjectStoreError {
  return new ObjectStoreError({
    ...place(request),
    code: "aborted",
    message: "aborted by the caller",
    cause,
  });
}

function unforeseen(request: StoreRequest, cause: unknown): ObjectStoreError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new ObjectStoreError({ ...place(request), code: "unexpected", message, cause });
}

function place({ kind, bucket, key }: StoreRequest) {
  return { operation: kind, bucket, key };
}
