import { type Duration, KeywhenError, parseDuration } from "@keywhen/core";
import { compileAllowTargets } from "@keywhen/core/internal";
import type { SweepMode } from "./sweep-mode.js";

/** The configuration of the ready function. */
export interface FunctionConfiguration {
  /** A store URL, like `s3://acme-schedule/keywhen`. */
  readonly storeUrl: string;
  /** `undefined` if every event is posted. */
  readonly allowTargets: readonly string[] | undefined;
  /** Where events are posted, like `hooks/*=https://example.com/due`. */
  readonly webhookRules: readonly string[];
  readonly mode: SweepMode;
  readonly poll: Duration | undefined;
  /** How long a failing event is tried. */
  readonly maxAge: Duration | undefined;
  readonly journal: boolean;
  /** The CloudWatch namespace, if metrics are wanted. */
  readonly metricsNamespace: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const KNOWN = [
  "KEYWHEN_STORE",
  "KEYWHEN_ALLOW_TARGETS",
  "KEYWHEN_POST",
  "KEYWHEN_WEBHOOK_SECRET",
  "KEYWHEN_MODE",
  "KEYWHEN_POLL",
  "KEYWHEN_MAX_AGE",
  "KEYWHEN_JOURNAL",
  "KEYWHEN_METRICS",
];

/**
 * Reads the function's `KEYWHEN_…` variables; empty ones count as missing. Throws `invalid-option` for a missing, wrong or
 * unknown variable.
 */
export function readEnvironment(env: Environment): FunctionConfiguration {
  refuseUnknown(env);
  const storeUrl = readStore(env);
  // A URL may contain a comma, but no space.
  const webhookRules = (env["KEYWHEN_POST"] ?? "").split(/,?\s+/).filter((rule) => rule !== "");
  const allowTargets = readTargets(env, webhookRules.length > 0);
  const mode = readMode(env);
  return {
    storeUrl,
    allowTargets,
    webhookRules,
    mode,
    poll: readPoll(env, mode),
    maxAge: readDuration(env, "KEYWHEN_MAX_AGE", "24h or 7d"),
    journal: readJournal(env),
    metricsNamespace: readNamespace(env),
  };
}

function refuseUnknown(env: Environment): void {
  const unknown = Object.keys(env).find(
    (name) =>
      name.startsWith("KEYWHEN_") &&
      !KNOWN.includes(name) &&
      !name.startsWith("KEYWHEN_WEBHOOK_SECRET_"), // of one bucket
  );
  if (unknown === undefined) return;
  throw invalid(`The function does not read ${unknown}. Use one of these: ${KNOWN.join(", ")}.`);
}

function readStore(env: Environment): string {
  const url = env["KEYWHEN_STORE"] ?? "";
  if (url.startsWith("s3://")) return url;
  throw invalid(
    `KEYWHEN_STORE must be a URL like s3://acme-schedule or s3://acme-schedule/root (got "${url}").`,
  );
}

function readTargets(env: Environment, mayBeMissing: boolean): readonly string[] | undefined {
  const text = env["KEYWHEN_ALLOW_TARGETS"] ?? "";
  const patterns = text
    .split(",")
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== "");
  if (patterns.length > 0) {
    compileAllowTargets(patterns);
    return patterns;
  }
  if (mayBeMissing && text === "") return undefined;
  throw invalid(
    `KEYWHEN_ALLOW_TARGETS contains no target (got "${text}"). Set it to patterns like acme-reminders/*,acme-reports/daily/*.`,
  );
}

function readMode(env: Environment): SweepMode {
  const mode = env["KEYWHEN_MODE"] || "plain";
  if (mode === "plain" || mode === "precise") return mode;
  throw invalid(`KEYWHEN_MODE must be plain or precise (got "${mode}").`);
}

function readPoll(env: Environment, mode: SweepMode): Duration | undefined {
  const poll = readDuration(env, "KEYWHEN_POLL", "5s or 500ms");
  if (poll === undefined || mode === "precise") return poll;
  throw invalid(
    `KEYWHEN_POLL is "${poll}", but KEYWHEN_MODE is plain, which lists only once. Remove it, or set KEYWHEN_MODE to precise.`,
  );
}

function readDuration(env: Environment, name: string, example: string): Duration | undefined {
  const text = env[name];
  if (text === undefined || text === "") return undefined;
  try {
    return parseDuration(text);
  } catch (cause) {
    throw invalid(`${name} must be a number and a unit, like ${example} (got "${text}").`, cause);
  }
}

function readJournal(env: Environment): boolean {
  const text = env["KEYWHEN_JOURNAL"] || "false";
  if (text === "true" || text === "false") return text === "true";
  throw invalid(`KEYWHEN_JOURNAL must be true or false (got "${text}").`);
}

/** Accepts what CloudWatch accepts. It ignores metrics in other namespaces without an error. */
function readNamespace(env: Environment): string | undefined {
  const name = env["KEYWHEN_METRICS"];
  if (name === undefined || name === "") return undefined;
  if (/^(?!AWS\/)[\w.\-/#:]{1,255}$/.test(name)) return name;
  throw invalid(
    `KEYWHEN_METRICS must be a CloudWatch namespace, such as keywhen, of letters, digits and . - _ / # :, that does not begin with AWS/ (got "${name}").`,
  );
}

function invalid(message: string, cause?: unknown): KeywhenError {
  return new KeywhenError("invalid-option", message, { cause });
}
