import { type Duration, KeywhenError, parseDuration } from "@keywhen/core";

/** How the ready function is configured. */
export interface FunctionConfiguration {
  /** A store URL, like `s3://acme-schedule/keywhen`. */
  readonly storeUrl: string;
  readonly allowTargets: readonly string[];
  /** How long an event that fails is tried; `undefined`: as long as a sweeper does by itself. */
  readonly maxAge: Duration | undefined;
}

/**
 * Reads `KEYWHEN_STORE`, `KEYWHEN_ALLOW_TARGETS` and, if it is there, `KEYWHEN_MAX_AGE`; throws `invalid-option` with
 * what is missing or wrong and how to write it.
 */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): FunctionConfiguration {
  const storeUrl = env["KEYWHEN_STORE"] ?? "";
  if (!storeUrl.startsWith("s3://")) {
    throw new KeywhenError(
      "invalid-option",
      `KEYWHEN_STORE is "${storeUrl}": name the schedule's bucket, like s3://acme-schedule or s3://acme-schedule/root.`,
    );
  }
  const allowTargets = (env["KEYWHEN_ALLOW_TARGETS"] ?? "")
    .split(",")
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== "");
  if (allowTargets.length === 0) {
    throw new KeywhenError(
      "invalid-option",
      "KEYWHEN_ALLOW_TARGETS is empty: name where events may go, like acme-reminders/*,acme-reports/daily/*.",
    );
  }
  return { storeUrl, allowTargets, maxAge: readMaxAge(env["KEYWHEN_MAX_AGE"]) };
}

function readMaxAge(text: string | undefined): Duration | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return parseDuration(text);
  } catch (cause) {
    const message = `KEYWHEN_MAX_AGE is "${text}": write a number and a unit, like 24h or 7d.`;
    throw new KeywhenError("invalid-option", message, { cause });
  }
}
