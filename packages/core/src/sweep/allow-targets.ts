import { KeywhenError } from "../keywhen-error.js";
import type { ObjectRef } from "../store/object-store.js";

export type TargetCheck = (to: ObjectRef) => boolean;

/**
 * Compiles target patterns: `bucket/*`, `bucket/prefix/*` (any key that begins so), `bucket/key` (that one
 * key), or `*` alone for every bucket of that store. Throws `invalid-option` for anything else.
 */
export function compileAllowTargets(patterns: readonly string[]): TargetCheck {
  if (!Array.isArray(patterns) || patterns.length === 0) {
    throw invalid(
      'allowTargets is missing. Whoever may write to the schedule borrows the sweeper\'s rights, so name its targets, like ["reminders/*"]; ["*"] opens it.',
    );
  }
  const checks = patterns.map(compilePattern);
  return (to) => checks.some((check) => check(to));
}

function compilePattern(pattern: string): TargetCheck {
  if (pattern === "*") return (to) => !isElsewhere(to.bucket);
  const slash = pattern.indexOf("/", pattern.startsWith("arn:") ? pattern.indexOf("/") + 1 : 0);
  const bucket = pattern.slice(0, slash);
  const key = pattern.slice(slash + 1);
  if (slash < 1 || key === "" || bucket.includes("*")) {
    throw invalid(
      `"${pattern}" is no target pattern. Write "bucket/*", "bucket/prefix/*" or "bucket/key"; "*" alone allows every target.`,
    );
  }
  if (!key.endsWith("*")) return (to) => to.bucket === bucket && to.key === key;
  const prefix = key.slice(0, -1);
  return (to) => to.bucket === bucket && to.key.startsWith(prefix);
}

/**
 * ARNs and aliases of access points lead to other accounts and to code that rewrites objects; they stand where a
 * bucket's name does, so only a pattern that names one allows it. No bucket's name may look like these ("Bucket
 * naming rules" in the S3 user guide).
 */
function isElsewhere(bucket: string): boolean {
  return bucket.startsWith("arn:") || /(?:-s3alias|--ol-s3|\.mrap)$/.test(bucket);
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}
