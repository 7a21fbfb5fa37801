import type { Clock } from "../clock.js";
import { isError } from "../is-error.js";
import { hasCode } from "../keywhen-error.js";
import type { ObjectStore, RequestOptions } from "../store/object-store.js";
import { isStoreError, ObjectStoreError } from "../store/object-store-error.js";
import type { RequestKind } from "../store/request-kind.js";
import { answerProblem } from "./answer-problem.js";
import { type ClockReading, isReadable, readingOf } from "./clock-reading.js";
import { countCall, type Requests } from "./counted-store.js";
import { createRequestWatch, type RequestErrors } from "./request-watch.js";
import { type StoreRequest, wrapStore } from "./wrap-store.js";

const REQUEST_LIMIT_MS = 10_000;
const COPY_LIMIT_MS = 15_000;
const COPY_BYTES_PER_MS = 20_000;
/** 2 Mbit/s: a slower uplink of large bodies wants a stream, which has no limit of its own. */
const PUT_BYTES_PER_MS = 250;

/** What is made of requests on the way: here and not in wrappers of their own, each of which every copy would pass through. */
interface Watching {
  /** Is added what is sent. */
  readonly requests?: Requests | undefined;
  /** Is told what each answer says of the store's clock, where answers carry its time. */
  readonly onReading?: ((reading: ClockReading) => void) | undefined;
}

/**
 * A store whose every request ends: past its time limit it is aborted and fails as `unavailable`, even if
 * the store below ignores the signal. What a store throws besides an `ObjectStoreError` becomes one
 * (`unexpected`), and so does an answer of a wrong shape, so that the rest of core decides by code alone; only `invalid-option`, a wrong setting that
 * shows at the first request, is thrown on.
 */
export function guardedStore(
  store: ObjectStore,
  clock: Clock,
  { requests, onReading }: Watching = {},
): ObjectStore {
  const watch = createRequestWatch(clock, ERRORS);
  return wrapStore(store, (request, call, send) => {
    const ends = { limitMs: requestLimitMs(request), callerSignal: call.signal };
    return watch(request, ends, (signal) => {
      const onRequest = requests ? countCall(requests, request.kind, call) : call.onRequest;
      const onDate = onReading ? readingOf(clock, onReading, call).onDate : readable(call.onDate);
      return send({ signal, onRequest, onDate });
    });
  });
}

/** Passes on only times that are some: of garbage nobody can tell how far a clock is off. */
function readable(onDate: RequestOptions["onDate"]): RequestOptions["onDate"] {
  if (onDate === undefined) return undefined;
  return (date) => {
    if (isReadable(date)) onDate(date);
  };
}

const ERRORS: RequestErrors<StoreRequest> = {
  wrong(request, answer) {
    const problem = answerProblem(request.kind, answer);
    return problem === undefined ? undefined : misshapen(request, problem);
  },
  tooSlow,
  aborted: abortedByCaller,
  failed: (request, thrown) => {
    // A wrong setting is nothing that a store did: who configured it hears of it in its own words.
    const isTold = isStoreError(thrown) || hasCode(thrown, "invalid-option");
    return isTold ? thrown : unforeseen(request, thrown);
  },
};

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
  const message = isError(cause) ? cause.message : String(cause);
  return new ObjectStoreError({ ...place(request), code: "unexpected", message, cause });
}

function misshapen(request: StoreRequest, problem: string): ObjectStoreError {
  return new ObjectStoreError({
    ...place(request),
    code: "unexpected",
    undecided: !READS.has(request.kind),
    message: `the store's ${request.kind}() returned a value that ${problem}`,
  });
}

const READS: ReadonlySet<RequestKind> = new Set(["list", "head", "get"]);

function place({ kind, bucket, key }: StoreRequest) {
  return { operation: kind, bucket, key };
}
