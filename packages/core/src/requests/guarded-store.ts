import { hasCode, type StoreErrorCode } from "../errors.js";
import { showValue, thrownMessage } from "../input/show-value.js";
import type { Clock } from "../machine.js";
import type { ObjectStore, RequestOptions } from "../store/object-store.js";
import { isStoreError, ObjectStoreError, type RequestKind } from "../store/object-store-error.js";
import { isDate } from "../values.js";
import { type RequestErrors, RequestWatch } from "./request-watch.js";
import { type ClockReading, isReadable, readingOf } from "./store-clock.js";
import { countCall, type Requests, type StoreRequest, wrapStore } from "./wrap-store.js";

const REQUEST_LIMIT_MS = 10_000;
const COPY_LIMIT_MS = 15_000;
/** The slowest rate of a copy that is still in time. */
export const COPY_BYTES_PER_MS = 20_000;
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
  const watch = new RequestWatch(clock, ERRORS);
  return wrapStore(store, (request, call, send) => {
    const ends = { limitMs: requestLimitMs(request), callerSignal: call.signal };
    return watch.send(request, ends, (signal) => {
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

/** Infinite for a stream of unknown length. */
function requestLimitMs({ kind, sizeBytes }: StoreRequest): number {
  if (kind === "copy" || kind === "move") {
    return COPY_LIMIT_MS + Math.ceil((sizeBytes ?? 0) / COPY_BYTES_PER_MS);
  }
  if (kind !== "put") return REQUEST_LIMIT_MS;
  return REQUEST_LIMIT_MS + Math.ceil((sizeBytes ?? Number.POSITIVE_INFINITY) / PUT_BYTES_PER_MS);
}

const ERRORS: RequestErrors<StoreRequest> = {
  tooSlow: (request, limitMs) =>
    failure(request, "unavailable", `no answer within ${limitMs / 1000} s`),
  aborted: (request, cause) => failure(request, "aborted", "aborted by the caller", { cause }),
  wrong(request, answer) {
    const { kind } = request;
    const problem = ANSWER_PROBLEM[kind](answer);
    if (problem === undefined) return undefined;
    const message = `the answer of the store's ${kind}() ${problem}: correct the store`;
    const isRead = kind === "list" || kind === "head" || kind === "get";
    return failure(request, "unexpected", message, { undecided: !isRead });
  },
  failed(request, thrown) {
    // A wrong setting is no failure of the store: its own message says what to change.
    if (isStoreError(thrown) || hasCode(thrown, "invalid-option")) return thrown;
    return failure(request, "unexpected", thrownMessage(thrown), { cause: thrown });
  },
};

function failure(
  { kind: operation, bucket, key }: StoreRequest,
  code: StoreErrorCode,
  message: string,
  details: { readonly cause?: unknown; readonly undecided?: boolean } = {},
): ObjectStoreError {
  return new ObjectStoreError({ operation, bucket, key, code, message, ...details });
}

/** What is wrong with the shape of an answer, as the predicate of a sentence; `undefined`: nothing. */
type Check = (answer: unknown) => string | undefined;

const copyProblem: Check = (answer) => outcomeProblem(answer, "copied", "source-gone");

/** TypeScript checks a store when it is compiled, but one in JavaScript, or one that casts what a service sent, can return anything. */
const ANSWER_PROBLEM: Readonly<Record<RequestKind, Check>> = {
  put: (answer) =>
    outcomeProblem(answer, "written", "exists", "changed") ??
    (field(answer, "outcome") === "written" ? versionProblem(answer) : undefined),
  copy: copyProblem,
  move: copyProblem,
  head: (answer) => (answer === undefined ? undefined : infoProblem(answer)),
  get(answer) {
    if (answer === undefined) return undefined;
    const isStream = typeof field(field(answer, "body"), "getReader") === "function";
    return (
      infoProblem(answer) ??
      (isStream ? undefined : problem(answer, "a stream as its body", "body"))
    );
  },
  list(answer) {
    if (!isObject(answer)) return `must be a page of keys (got ${showValue(answer)})`;
    const { objects, more } = answer;
    if (!Array.isArray(objects)) return problem(answer, "an array of objects", "objects");
    if (typeof more !== "boolean")
      return `must say in "more" whether more keys follow (got ${showValue(more)})`;
    const wrong = objects.findIndex((listed) => !isListed(listed));
    return wrong < 0
      ? undefined
      : `must have a key, a size and lastModified in each object (not so at index ${wrong})`;
  },
  delete(answer) {
    if (!Array.isArray(answer)) return `must be an array of results (got ${showValue(answer)})`;
    for (const result of answer) {
      const wrong = outcomeProblem(result, "gone", "failed");
      if (wrong !== undefined) return wrong;
      const isFailed = field(result, "outcome") === "failed";
      if (isFailed && !isStoreError(field(result, "error")))
        return problem(result, "an ObjectStoreError in each failure", "error");
    }
    return undefined;
  },
};

function outcomeProblem(answer: unknown, ...outcomes: readonly string[]): string | undefined {
  const outcome = field(answer, "outcome");
  if (typeof outcome === "string" && outcomes.includes(outcome)) return undefined;
  const known = outcomes.map((one) => JSON.stringify(one)).join(" or ");
  return problem(answer, `the outcome ${known}`, "outcome");
}

function versionProblem(answer: unknown): string | undefined {
  const isVersion = typeof field(answer, "version") === "string";
  return isVersion ? undefined : problem(answer, "a version", "version");
}

function infoProblem(answer: unknown): string | undefined {
  if (!isObject(answer))
    return `must be an object's information, or undefined if there is no object (got ${showValue(answer)})`;
  const { size, lastModified, metadata } = answer;
  if (typeof size !== "number") return problem(answer, "a size", "size");
  if (!isValidDate(lastModified))
    return problem(answer, "a valid date lastModified", "lastModified");
  if (!isObject(metadata)) return problem(answer, "metadata", "metadata");
  return versionProblem(answer);
}

function isListed(listed: unknown): boolean {
  if (!isObject(listed)) return false;
  const { key, size, lastModified } = listed;
  return typeof key === "string" && typeof size === "number" && isValidDate(lastModified);
}

/** Most dates are of this realm. */
function isValidDate(value: unknown): value is Date {
  return (value instanceof Date || isDate(value)) && isReadable(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function field(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function problem(answer: unknown, missing: string, name: string): string {
  return `must have ${missing} (got ${showValue(isObject(answer) ? answer[name] : answer)})`;
}
