import { showValue } from "../input/show-value.js";
import { isStoreError } from "../store/object-store-error.js";
import type { RequestKind } from "../store/request-kind.js";

/**
 * Returns what is wrong with the shape of a store's answer, as the predicate of a sentence, or `undefined`. TypeScript checks a
 * store when it is compiled, but a store in JavaScript, or one that casts what a service sent, can return anything.
 */
export function answerProblem(kind: RequestKind, answer: unknown): string | undefined {
  switch (kind) {
    case "put":
      return outcomeProblem(answer, PUT_OUTCOMES) ?? versionProblem(answer);
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
  return `has no outcome ${known} (got ${show(answer, "outcome")})`;
}

function versionProblem(answer: unknown): string | undefined {
  if (field(answer, "outcome") !== "written" || typeof field(answer, "version") === "string")
    return undefined;
  return `has no version (got ${show(answer, "version")})`;
}

function infoProblem(answer: unknown): string | undefined {
  if (!isObject(answer))
    return `is neither undefined nor an object's information (got ${show(answer)})`;
  if (typeof answer["size"] !== "number") return `has no size (got ${show(answer, "size")})`;
  if (!isDate(answer["lastModified"]))
    return `has no lastModified date (got ${show(answer, "lastModified")})`;
  if (!isObject(answer["metadata"])) return `has no metadata (got ${show(answer, "metadata")})`;
  const hasVersion = typeof answer["version"] === "string";
  return hasVersion ? undefined : `has no version (got ${show(answer, "version")})`;
}

function bodyProblem(answer: unknown): string | undefined {
  const isStream = typeof field(field(answer, "body"), "getReader") === "function";
  return isStream ? undefined : `has no stream as its body (got ${show(answer, "body")})`;
}

function pageShapeProblem(answer: unknown): string | undefined {
  if (!isObject(answer)) return `is no page of keys (got ${show(answer)})`;
  const { objects, more } = answer;
  if (!Array.isArray(objects)) return `has no array of objects (got ${show(objects)})`;
  if (typeof more !== "boolean") return `does not say whether more follows (got ${show(more)})`;
  const wrong = objects.findIndex((listed) => !isListed(listed));
  return wrong < 0 ? undefined : `has no key, size and lastModified at index ${wrong}`;
}

function isListed(listed: unknown): boolean {
  if (!isObject(listed) || typeof listed["key"] !== "string") return false;
  return typeof listed["size"] === "number" && isDate(listed["lastModified"]);
}

function deleteProblem(answer: unknown): string | undefined {
  if (!Array.isArray(answer)) return `is no array of results (got ${show(answer)})`;
  for (const result of answer) {
    const problem = outcomeProblem(result, DELETE_OUTCOMES);
    if (problem !== undefined) return problem;
    const isFailed = field(result, "outcome") === "failed";
    if (isFailed && !isStoreError(field(result, "error")))
      return `has a failure whose error is no ObjectStoreError (got ${show(result, "error")})`;
  }
  return undefined;
}

/** Also of another realm, where `instanceof` says no. An invalid one has no instant. */
function isDate(value: unknown): boolean {
  const time = isObject(value) && typeof value["getTime"] === "function" && value["getTime"]();
  return typeof time === "number" && !Number.isNaN(time);
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
