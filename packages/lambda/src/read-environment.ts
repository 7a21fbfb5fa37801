import { compileAllowTargets, type Duration, KeywhenError, parseDuration } from "@keywhen/core";
import type { SweepMode } from "./sweep-mode.js";

/** How the ready function is configured. */
export interface FunctionConfiguration {
  /** A store URL, like `s3://acme-schedule/keywhen`. */
  readonly storeUrl: string;
  readonly allowTargets: readonly string[];
  readonly mode: SweepMode;
  readonly poll: Duration | undefined;
  /** How long an event that fails is tried; `undefined`: as long as a sweeper does by itself. */
  readonly maxAge: Duration | undefined;
  /** The CloudWatch namespace, if metrics are wanted. */
  readonly metricsNamespace: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const KNOWN = [
  "KEYWHEN_STORE",
  "KEYWHEN_ALLOW_TARGETS",
  "KEYWHEN_MODE",
  "KEYWHEN_POLL",
  "KEYWHEN_MAX_AGE",
  "KEYWHEN_METRICS",
];

/**
 * Reads the function's `KEYWHEN_…` variables (an empty one counts as missing); throws `invalid-option` with what is
 * missing, wrong, unknown or contradictory and how to write it.
 */
export function readEnvironment(env: Environment): FunctionConfiguration {
  refuseUnknown(env);
  const storeUrl = readStore(env);
  const allowTargets = readTargets(env);
  const mode = readMode(env);
  return {
    storeUrl,
    allowTargets,
    mode,
    poll: readPoll(env, mode),
    maxAge: readDuration(env, "KEYWHEN_MAX_AGE", "24h or 7d"),
    metricsNamespace: readNamespace(env),
  };
}

/** A misspelt variable would be left unheard. */
function refuseUnknown(env: Environment): void {
  const unknown = Object.keys(env).find(
    (name) => name.startsWith("KEYWHEN_") && !KNOWN.includes(name),
  );
  if (unknown === undefined) return;
  throw invalid(`${unknown} is unknown: the function reads ${KNOWN.join(", ")}.`);
}

function readStore(env: Environment): string {
  const url = env["KEYWHEN_STORE"] ?? "";
  if (url.startsWith("s3://")) return url;
  throw invalid(
    `KEYWHEN_STORE is "${url}": name the schedule's bucket, like s3://acme-schedule or s3://acme-schedule/root.`,
  );
}

function readTargets(env: Environment): string[] {
  const patterns = (env["KEYWHEN_ALLOW_TARGETS"] ?? "")
    .split(",")
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== "");
  if (patterns.length > 0) {
    compileAllowTargets(patterns);
    return patterns;
  }
  throw invalid(
    "KEYWHEN_ALLOW_TARGETS is empty: name where events may go, like acme-reminders/*,acme-reports/daily/*.",
  );
}

function readMode(env: Environment): SweepMode {
  const mode = env["KEYWHEN_MODE"] || "plain";
  if (mode === "plain" || mode === "precise") return mode;
  throw invalid(`KEYWHEN_MODE is "${mode}": write plain or precise.`);
}

function readPoll(env: Environment, mode: SweepMode): Duration | undefined {
  const poll = readDuration(env, "KEYWHEN_POLL", "5s or 500ms");
  if (poll === undefined || mode === "precise") return poll;
  throw invalid(
    `KEYWHEN_POLL is "${poll}", but KEYWHEN_MODE is plain, which lists once: remove it, or set KEYWHEN_MODE to precise.`,
  );
}

function readDuration(env: Environment, name: string, example: string): Duration | undefined {
  const text = env[name];
  if (text === undefined || text === "") return undefined;
  try {
    return parseDuration(text);
  } catch (cause) {
    throw invalid(`${name} is "${text}": write a number and a unit, like ${example}.`, cause);
  }
}

/** What CloudWatch takes for a namespace; others it would drop without a word. */
function readNamespace(env: Environment): string | undefined {
  const name = env["KEYWHEN_METRICS"];
  if (name === undefined || name === "") return undefined;
  if (/^(?!AWS\/)[\w.\-/#:]{1,255}$/.test(name)) return name;
  throw invalid(
    `KEYWHEN_METRICS is "${name}": write a CloudWatch namespace of letters, digits and . - _ / # :, like keywhen.`,
  );
}

function invalid(message: string, cause?: unknown): KeywhenError {
  return new KeywhenError("invalid-option", message, { cause });
}
