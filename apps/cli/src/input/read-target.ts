import { KeywhenError } from "@keywhen/core";
import type { ObjectRef } from "@keywhen/core/store";
import { UsageError } from "@keywhen/host";

const FORM = "BUCKET/KEY, for example reminders/42.json";
const PATTERN_FORM = "BUCKET/PREFIX*, for example reminders/daily/*";

/** Reads the `bucket/key` of `--to`. Throws `invalid-target`. */
export function readTarget(text: string | undefined): ObjectRef {
  if (text === undefined) {
    throw new UsageError("No target is given.", `Give --to ${FORM}.`);
  }
  const { bucket, key } = split(text);
  if (key === "") throw invalid(text, "its key is empty");
  return { bucket, key };
}

export interface TargetPattern {
  readonly bucket: string;
  /** The start of the keys; with `isExact` the whole key. */
  readonly keyPrefix: string;
  readonly isExact: boolean;
}

/** Reads `bucket`, `bucket/*`, `bucket/prefix*` or `bucket/key`. */
export function readTargetPattern(text: string): TargetPattern {
  const whole = text.includes("/") ? text : `${text}/*`;
  const { bucket, key } = split(whole);
  if (bucket.includes("*") || /\*./s.test(key)) {
    throw invalid(text, "it has a * before its end", PATTERN_FORM);
  }
  const isExact = key !== "" && !key.endsWith("*");
  return { bucket, keyPrefix: key.replace(/\*$/, ""), isExact };
}

function split(text: string): ObjectRef {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0];
  if (scheme !== undefined) throw invalid(text, `it begins with ${scheme}`);
  const slash = text.indexOf("/");
  if (slash < 0) throw invalid(text, "it has no key");
  if (slash === 0) throw invalid(text, "its bucket is empty");
  return { bucket: text.slice(0, slash), key: text.slice(slash + 1) };
}

function invalid(text: string, problem: string, form = FORM): KeywhenError {
  return new KeywhenError(
    "invalid-target",
    `"${text}" is not a valid target: ${problem}. Write ${form}.`,
  );
}
