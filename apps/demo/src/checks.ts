import { parseDuration, type When } from "@keywhen/core";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import * as v from "valibot";
import { LARGEST_PAGE } from "./api/events.js";
import { ApiFailure } from "./api-failure.js";

/** The parameters of the API. Unknown names are refused. Core checks ids, times and targets. */

/** Longer than any store's key. */
const LONGEST_TEXT = 4_096;
const string = v.string("a string");
const text = v.pipe(string, v.maxLength(LONGEST_TEXT, `at most ${LONGEST_TEXT} characters`));
const filled = v.pipe(text, v.minLength(1, "at least 1 character"));
const wholeNumber = (most: number) => {
  const message = `a whole number from 1 to ${most}`;
  return v.pipe(
    text,
    v.regex(/^\d{1,9}$/, message),
    v.transform(Number),
    v.minValue(1, message),
    v.maxValue(most, message),
  );
};

export const idCheck = filled;

export const listCheck = v.strictObject({
  from: v.optional(filled),
  until: v.optional(filled),
  bucket: v.optional(filled),
  prefix: v.optional(text),
  q: v.optional(text),
  after: v.optional(filled),
  limit: v.optional(wholeNumber(LARGEST_PAGE)),
});

export const bodyCheck = v.strictObject({ bytes: v.optional(wholeNumber(100_000_000)) });

export const scheduleCheck = v.strictObject({
  bucket: filled,
  key: filled,
  at: v.optional(filled),
  in: v.optional(filled),
  deliveryId: v.optional(filled),
  metadata: v.optional(
    v.pipe(text, v.parseJson(undefined, "JSON"), v.record(string, string, "an object")),
  ),
});

const whenCheck = v.strictObject({ at: v.optional(filled), in: v.optional(filled) }, "an object");

export const nothingCheck = v.strictObject({});

/** Returns the parsed input. Throws an `ApiFailure` that names the wrong field. */
export function check<T>(schema: v.GenericSchema<unknown, T>, input: unknown): T {
  const checked = v.safeParse(schema, input);
  if (checked.success) return checked.output;
  throw new ApiFailure(400, "invalid-request", ...describe(checked.issues[0]));
}

/** What is wrong, and what to do. The messages of the schemas say what a field must be. */
function describe(issue: v.BaseIssue<unknown>): [message: string, hint?: string] {
  const field = v.getDotPath(issue);
  if (field === null || issue.type !== "strict_object") {
    const what = field ?? (issue.type === "strict_object" ? "The body" : "The id");
    return [`${what} must be ${issue.message} (got ${issue.received}).`];
  }
  return issue.expected === "never"
    ? [`This call takes no "${field}".`, "Leave it out."]
    : [`${field} is missing.`, "Give it."];
}

/** Returns the one time that is given. */
export function whenOf({ at, in: span }: v.InferOutput<typeof whenCheck>): When {
  if (at !== undefined && span !== undefined) {
    throw new ApiFailure(400, "invalid-time", "Both at and in are given.", "Leave one out.");
  }
  if (at !== undefined) return { at };
  if (span !== undefined) return { in: parseDuration(span) };
  const hint = 'Give at, like "2026-12-24T09:00+01:00", or in, like "10m".';
  throw new ApiFailure(400, "invalid-time", "No time is given.", hint);
}

const SEND_TIME = 'Send {"in":"10m"} or {"at":"2026-12-24T09:00+01:00"}.';

/** For calls whose body is a small JSON object. */
export const smallBody = bodyLimit({
  maxSize: 10_000,
  onError: () => {
    throw new ApiFailure(413, "too-large", "The body is longer than 10 kB.", SEND_TIME);
  },
});

/** Returns the `{at}` or `{in}` in the body of a call; `undefined` for `{}` or no body. */
export async function readWhen(c: Context): Promise<When | undefined> {
  const text = await c.req.text();
  const given = check(whenCheck, text === "" ? {} : parseJson(text));
  return given.at === undefined && given.in === undefined ? undefined : whenOf(given);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiFailure(400, "invalid-request", "The body is not valid JSON.", SEND_TIME);
  }
}
