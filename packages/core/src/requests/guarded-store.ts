import { hasCode, type StoreErrorCode } from "../errors.js";
import { showValue } from "../input/show-value.js";
import type { Clock } from "../machine.js";
import type { ObjectStore, RequestOptions } from "../store/object-store.js";
import { isStoreError, ObjectStoreError, type RequestKind } from "../store/object-store-error.js";
import { isDate, isError } from "../values.js";
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

/** `undefined`: a stream of unknown length has no time limit. */
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

const ERRORS: RequestErrors<StoreRequest> = {
  tooSlow: (request, limitMs) =>
    failure(request, "unavailable", `no answer within ${limitMs / 1000} s`),
  aborted: (request, cause) => failure(request, "aborted", "aborted by the caller", { cause }),
  wrong(request, answer) {
    const problem = answerProblem(request.kind, answer);
    if (problem === undefined) return undefined;
    const message = `the answer of the store's ${request.kind}() ${problem}: correct the store`;
    return failure(request, "unexpected", message, { undecided: !READS.has(request.kind) });
  },
  failed(request, thrown) {
    // A wrong setting is no failure of the store: its own message says what to change.
    if (isStoreError(thrown) || hasCode(thrown, "invalid-option")) return thrown;
    const message = isError(thrown) ? thrown.message : String(thrown);
    return failure(request, "unexpected", message, { cause: thrown });
  },
};

const READS: ReadonlySet<RequestKind> = new Set(["list", "head", "get"]);

function failure(
  { kind: operation, bucket, key }: StoreRequest,
  code: StoreErrorCode,
  message: string,
  details: { readonly cause?: unknown; readonly undecided?: boolean } = {},
): ObjectStoreError {
  return new ObjectStoreError({ operation, bucket, key, code, message, ...details });
}

/**
 * Returns what is wrong with the shape of a store's answer, as the predicate of a sentence, or `undefined`. TypeScript checks a
 * store when it is compiled, but a store in JavaScript, or one that casts what a service sent, can return anything.
 */
function answerProblem(kind: RequestKind, answer: unknown): string | undefined {
  switch (kind) {
    case "put":
      return outcomeProblem(answer, PUT_OUTCOMES) ?? putVersionProblem(answer);
    case "copy":
    case "move":
      return outcomeProblem(answer, COPY_OUTCOMES);
    case "head":
      return answer === undefined ? undefined : infoProblem(answer);
    case "get":
      return answer === undefined ? undefined : (infoProblem(answer) ?? bodyProblem(answer));
    case "list":
      return pageShapeProblem(answer);
    case "delete":
      return deleteProblem(answer);
  }
}

const PUT_OUTCOMES = ["written", "exists", "changed"];
const COPY_OUTCOMES = ["copied", "source-gone"];
const DELETE_OUTCOMES = ["gone", "failed"];

function outcomeProblem(answer: unknown, outcomes: readonly string[]): string | undefined {
  const outcome = field(answer, "outcome");
  if (typeof outcome === "string" && outcomes.includes(outcome)) return undefined;
  const known = outcomes.map((one) => JSON.stringify(one)).join(" or ");
  return `must have the outcome ${known} (got ${show(answer, "outcome")})`;
}

function putVersionProblem(answer: unknown): string | undefined {
  return field(answer, "outcome") === "written" ? versionProblem(answer) : undefined;
}

function versionProblem(answer: unknown): string | undefined {
  if (typeof field(answer, "version") === "string") return undefined;
  return `must have a version (got ${show(answer, "version")})`;
}

function infoProblem(answer: unknown): string | undefined {
  if (!isObject(answer))
    return `must be an object's information, or undefined if there is no object (got ${show(answer)})`;
  if (typeof answer["size"] !== "number") return `must have a size (got ${show(answer, "size")})`;
  const { lastModified } = answer;
  if (!isValidDate(lastModified))
    return `must have a valid date lastModified (got ${show(lastModified)})`;
  if (!isObject(answer["metadata"])) return `must have metadata (got ${show(answer, "metadata")})`;
  return versionProblem(answer);
}

function bodyProblem(answer: unknown): string | undefined {
  const isStream = typeof field(field(answer, "body"), "getReader") === "function";
  return isStream ? undefined : `must have a stream as its body (got ${show(answer, "body")})`;
}

function pageShapeProblem(answer: unknown): string | undefined {
  if (!isObject(answer)) return `must be a page of keys (got ${show(answer)})`;
  const { objects, more } = answer;
  if (!Array.isArray(objects)) return `must have an array of objects (got ${show(objects)})`;
  if (typeof more !== "boolean")
    return `must say in "more" whether more keys follow (got ${show(more)})`;
  const wrong = objects.findIndex((listed) => !isListed(listed));
  return wrong < 0
    ? undefined
    : `must have a key, a size and lastModified in each object (not so at index ${wrong})`;
}

function isListed(listed: unknown): boolean {
  if (!isObject(listed)) return false;
  const { key, size, lastModified } = listed;
  if (typeof key !== "string" || typeof size !== "number") return false;
  return isValidDate(lastModified);
}

function deleteProblem(answer: unknown): string | undefined {
  if (!Array.isArray(answer)) return `must be an array of results (got ${show(answer)})`;
  for (const result of answer) {
    const problem = outcomeProblem(result, DELETE_OUTCOMES);
    if (problem !== undefined) return problem;
    const isFailed = field(result, "outcome") === "failed";
    if (isFailed && !isStoreError(field(result, "error")))
      return `must have an ObjectStoreError in each failure (got ${show(result, "error")})`;
  }
  return undefined;
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

function show(answer: unknown, name?: string): string {
  return showValue(isObject(answer) && name !== undefined ? answer[name] : answer);
}
