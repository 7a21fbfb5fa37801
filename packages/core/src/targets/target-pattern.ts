import { invalidOption, type KeywhenError } from "../errors.js";
import { unicodeEscape } from "../input/show-value.js";

/** Which targets a pattern allows. */
export interface TargetPattern {
  /** `undefined`: every bucket of that store. */
  readonly bucket: string | undefined;
  /** What the keys begin with; with `isExact` the whole key. */
  readonly keyPrefix: string;
  readonly isExact: boolean;
}

/** Why a text is not a pattern that can match anything. */
interface Problem {
  readonly what: string;
  /** The text without this problem, if there is an obvious one. */
  readonly candidate?: string | undefined;
}

/** An access point's ARN is used like a bucket name, so its own slashes do not end it. */
const ACCESS_POINT =
  /^arn:[^:/]+:s3[^:/]*:[^:/]*:[^:/]*:(?:outpost[/:][^/:]+[/:])?accesspoint[/:][^/:*]+(?=\/|$)/;
const BUCKET_ARN = /^arn:[^:/]+:s3:::/;
const URL_SCHEME = /^(?:[a-z][a-z0-9+.-]*:\/\/|(?:s3|gs|azure|minio|file|https?):)/i;
const QUOTES = /^["'`]+|["'`]+$/g;
/** Control characters and what else a terminal does not show. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const FORMS = 'Write "bucket/*", "bucket/prefix/*", "bucket/key", or "*" for every target.';
/** Input methods type these for an asterisk. */
const ASTERISK_LOOKALIKES = /[\uff0a\u2217\u204e\u2731\ufe61]/gu;
/** Of shells, and of URLs. */
const OTHER_SYNTAX = /[?{}%]/;
/** More problems in one text are not worth a suggestion. */
const MOST_FIXES = 5;

/**
 * Reads `bucket/*`, `bucket/prefix/*` (any key that begins with it), `bucket/key` (that key), or `*` (every bucket of the store).
 * Throws `invalid-option` for a pattern that can match nothing, with the reason and, if it is obvious, the right spelling.
 */
export function parseTargetPattern(text: string): TargetPattern {
  const problem = problemOf(text);
  if (problem !== undefined) throw invalidPattern(text, problem);
  if (text === "*") return { bucket: undefined, keyPrefix: "", isExact: false };
  const { bucket, key } = split(text);
  const isExact = !key.endsWith("*");
  return { bucket, keyPrefix: isExact ? key : key.slice(0, -1), isExact };
}

function problemOf(text: string): Problem | undefined {
  if (text === "*") return undefined;
  return textProblem(text) ?? arnProblem(text) ?? bucketProblem(text) ?? keyProblem(text);
}

/** What is wrong with the text before its parts are looked at. */
function textProblem(text: string): Problem | undefined {
  if (text === "") return { what: "it is empty" };
  if (!text.isWellFormed()) return { what: "it contains a lone surrogate (half of a character)" };
  const trimmed = text.trim();
  if (/\p{Cc}/u.test(text)) {
    const candidate = trimmed === text ? undefined : trimmed;
    return { what: "it contains a control character", candidate };
  }
  if (trimmed !== text) {
    const where = text.startsWith(trimmed) ? "ends" : "begins";
    return { what: `it ${where} with a space`, candidate: trimmed };
  }
  if (/^["'`]/.test(text)) {
    return { what: "the quotes are part of it", candidate: text.replace(QUOTES, "") };
  }
  const [scheme] = URL_SCHEME.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  // Other URLs name more than a bucket before the key.
  const candidate = /^(?:s3|gs):/i.test(scheme) ? text.slice(scheme.length) : undefined;
  return { what: `it begins with ${scheme}`, candidate };
}

function arnProblem(text: string): Problem | undefined {
  if (!text.startsWith("arn:") || ACCESS_POINT.test(text)) return undefined;
  if (!BUCKET_ARN.test(text)) return { what: "it is an ARN, but not of an access point" };
  return { what: "it is a bucket's ARN", candidate: text.replace(BUCKET_ARN, "") };
}

function bucketProblem(text: string): Problem | undefined {
  const { bucket, key } = split(text);
  if (text.search(ASTERISK_LOOKALIKES) >= 0) {
    const candidate = text.replaceAll(ASTERISK_LOOKALIKES, "*");
    return { what: "it contains a character that only looks like *", candidate };
  }
  const [syntax] = OTHER_SYNTAX.exec(bucket) ?? [];
  if (syntax !== undefined) {
    return { what: `its bucket contains ${syntax}, and the only wildcard is a * at the end` };
  }
  if (bucket === "") return { what: "it has no bucket", candidate: text.replace(/^\/+/, "") };
  if (key === "") return { what: "it has no key", candidate: withKey(bucket) };
  if (bucket.includes("*")) {
    const isEvery = /^\*+\/\*+$/.test(text);
    return { what: "its bucket contains a *", candidate: isEvery ? "*" : undefined };
  }
  if (/\s/.test(bucket)) return { what: "its bucket contains a space" };
  if (/["'`]/.test(bucket)) return { what: "its bucket contains a quote" };
  if (bucket.includes("\\")) {
    return { what: "its bucket contains a backslash", candidate: text.replaceAll("\\", "/") };
  }
  if (bucket.search(INVISIBLE) >= 0) {
    const candidate = text.replaceAll(INVISIBLE, "");
    return { what: "its bucket contains a character that can't be seen", candidate };
  }
  if (bucket !== "." && bucket !== "..") return undefined;
  const candidate = bucket === "." ? key : undefined;
  return { what: `no bucket is called "${bucket}"`, candidate };
}

/** A text of one part, as a pattern. */
function withKey(bucket: string): string {
  if (/^\*+$/.test(bucket)) return "*";
  return bucket.includes("\\") ? bucket.replaceAll("\\", "/") : `${bucket}/*`;
}

function keyProblem(text: string): Problem | undefined {
  const { key } = split(text);
  const star = key.indexOf("*");
  if (star < 0 || star === key.length - 1) return undefined;
  const candidate = text.slice(0, text.length - key.length + star + 1);
  return { what: "it contains a * before its end", candidate };
}

function split(text: string): { readonly bucket: string; readonly key: string } {
  const [arn] = ACCESS_POINT.exec(text) ?? [];
  const end = arn?.length ?? text.indexOf("/");
  if (end < 0) return { bucket: text, key: "" };
  return { bucket: text.slice(0, end), key: text.slice(end + 1) };
}

function invalidPattern(text: string, { what, candidate }: Problem): KeywhenError {
  const fixed = candidate === undefined ? undefined : withoutProblems(candidate);
  return invalidOption(`Invalid target pattern ${quoted(text)}: ${what}. ${adviceOf(text, fixed)}`);
}

function adviceOf(text: string, fixed: string | undefined): string {
  if (fixed === undefined) return FORMS;
  const isQuoted = /^["'`]/.test(text.trim());
  return isQuoted ? `Write ${fixed} without quotes.` : `Write ${quoted(fixed)}.`;
}

/** `undefined` if the obvious fixes lead to no pattern. */
function withoutProblems(text: string): string | undefined {
  let fixed: string | undefined = text;
  for (let fixes = 0; fixed !== undefined && fixes < MOST_FIXES; fixes++) {
    const problem = problemOf(fixed);
    if (problem === undefined) return fixed;
    fixed = problem.candidate;
  }
  return undefined;
}

/** As part of a one-line message: nothing in it moves a cursor or hides. */
function quoted(text: string): string {
  const visible = JSON.stringify(text).replaceAll(INVISIBLE, unicodeEscape);
  return text.includes('"') ? `'${visible.slice(1, -1).replaceAll('\\"', '"')}'` : visible;
}
