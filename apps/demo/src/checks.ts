import { type Duration, parseDuration, type When } from "@keywhen/core";
import * as v from "valibot";
import { LARGEST_PAGE } from "./api/index.js";
import { ApiFailure } from "./api-failure.js";

/** What the API takes. Names that it doesn't know are refused. Core checks what only core knows. */

/** Longer than any store's key. */
const LONGEST_TEXT = 4_096;
const text = v.pipe(v.string(), v.maxLength(LONGEST_TEXT));
const filled = v.pipe(text, v.minLength(1));
const wholeNumber = (most: number) =>
  v.pipe(
    text,
    v.regex(/^\d{1,9}$/, "a whole number"),
    v.transform(Number),
    v.minValue(1),
    v.maxValue(most),
  );

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
    v.pipe(text, v.parseJson(undefined, "JSON"), v.record(v.string(), v.string())),
  ),
});

export const whenCheck = v.strictObject({ at: v.optional(filled), in: v.optional(filled) });

export const nothingCheck = v.strictObject({});

/** What `schema` makes of it; throws an `ApiFailure` that names the field. */
export function check<T>(schema: v.GenericSchema<unknown, T>, input: unknown): T {
  const checked = v.safeParse(schema, input);
  if (checked.success) return checked.output;
  throw new ApiFailure(400, "invalid-request", describe(checked.issues[0]));
}

function describe(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue);
  if (field === null) return issue.message;
  if (issue.type !== "strict_object") return `${field}: ${issue.message}`;
  return issue.expected === "never" ? `This call takes no "${field}".` : `${field} is missing.`;
}

/** `at` or `in`; core says what is wrong with both or none of them. */
export function whenOf(given: { at?: string | undefined; in?: string | undefined }): When {
  const duration: Duration | undefined =
    given.in === undefined ? undefined : parseDuration(given.in);
  if (given.at === undefined && duration === undefined) {
    throw new ApiFailure(
      400,
      "invalid-time",
      'When is it due? Give at, like "2026-12-24T09:00+01:00", or in, like "10m".',
    );
  }
  if (duration === undefined) return { at: given.at ?? "" };
  if (given.at === undefined) return { in: duration };
  throw new ApiFailure(400, "invalid-time", "An event has at or in, not both: leave one out.");
}
