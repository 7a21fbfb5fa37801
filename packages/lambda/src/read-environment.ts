import { KeywhenError } from "@keywhen/core";

/** How the ready function is configured. */
export interface FunctionConfiguration {
  /** A store URL, like `s3://acme-schedule/keywhen`. */
  readonly storeUrl: string;
  readonly allowTargets: readonly string[];
}

/** Reads `KEYWHEN_STORE` and `KEYWHEN_ALLOW_TARGETS`; throws `invalid-option` with what is missing and how to write it. */
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
  return { storeUrl, allowTargets };
}
