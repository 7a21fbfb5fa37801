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
/** 2 Mbit/s: over a slower uplink, send large bodies as streams, which have no time limit. */
const PUT_BYTES_PER_MS = 250;

/** Counts requests and reads the store's clock in one wrapper, so that each copy passes through a single layer. */
interface Watching {
  /** Each request that is sent is added here. */
  readonly requests?: Requests | undefined;
  /** Called with what each answer says about the store's clock, if answers carry its time. */
  readonly onReading?: ((reading: ClockReading) => void) | undefined;
}

/**
 * Returns a store whose every request ends: after its time limit a request is aborted and fails as `unavailable`, even if the
 * wrapped store ignores the signal. Anything else that the store throws, or an answer of a wrong shape, becomes an
 * `ObjectStoreError` (`unexpected`), so that the rest of core decides by codes. Only `invalid-option`, a wrong setting that
 * shows at the first request, is passed on.
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

/** Passes on only readable times: garbage says nothing about a clock. */
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
