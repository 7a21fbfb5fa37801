import { invalidOption } from "../errors.js";
import { checkValue } from "../input/check-value.js";
import { isInScheduleFolder } from "../key/codec-v1.js";
import type { Schedule } from "../options/schedule.js";
import type { ObjectRef } from "../store/object-store.js";
import { parseTargetPattern, type TargetPattern } from "./target-pattern.js";

export type TargetCheck = (to: ObjectRef) => boolean;

/** Compiles `allowTargets` (see `parseTargetPattern`); throws `invalid-option` with the value and the fix. */
export function compileAllowTargets(patterns: readonly string[] | undefined): TargetCheck {
  if (patterns === undefined) throw invalidOption(`allowTargets is required. ${HOW_TO_NAME}`);
  const rule = 'allowTargets must be an array of target patterns, for example ["reminders/*"]';
  checkValue(Array.isArray(patterns), patterns, rule);
  if (patterns.length === 0) throw invalidOption(`allowTargets is empty. ${HOW_TO_NAME}`);
  const checks = patterns.map((pattern: unknown, index) => {
    const isText = typeof pattern === "string";
    const example = ', for example "reminders/*".';
    checkValue(isText, pattern, `allowTargets[${index}] must be a string`, example);
    return compilePattern(parseTargetPattern(pattern));
  });
  return (to) => checks.some((check) => check(to));
}

const HOW_TO_NAME =
  'Anyone who can write to the schedule can make the sweeper copy on their behalf. Name the targets: ["reminders/*"], or ["*"] for every target.';

function compilePattern({ bucket, keyPrefix, isExact }: TargetPattern): TargetCheck {
  if (bucket === undefined) return (to) => !isElsewhere(to.bucket);
  if (isExact) return (to) => to.bucket === bucket && to.key === keyPrefix;
  return (to) => to.bucket === bucket && to.key.startsWith(keyPrefix);
}

/**
 * ARNs and aliases of access points are used like a bucket's name, but lead to other accounts and to code that rewrites objects.
 * Only a pattern that names one allows it. No bucket's name may look like these ("Bucket naming rules" in the S3 user guide).
 */
function isElsewhere(bucket: string): boolean {
  return bucket.startsWith("arn:") || /(?:-s3alias|--ol-s3|\.mrap)$/.test(bucket);
}

/** Where events may go, and why others may not. */
export interface TargetGuard {
  readonly isAllowed: TargetCheck;
  /** One clause for a report: the target, and what keeps events from it. */
  whyRefused(to: ObjectRef): string;
}

/** People who read a report know the rest. */
const MOST_NAMED = 5;

/**
 * A destination is allowed by being named, so with one there may be no patterns. No event may write into the schedule's own
 * folders, even if a pattern allows it.
 */
export function createTargetGuard(
  schedule: Pick<Schedule, "bucket" | "root">,
  patterns: readonly string[] | undefined,
  destinations: { readonly size: number; has(name: string): boolean } = NO_DESTINATIONS,
): TargetGuard {
  const isUnneeded = destinations.size > 0 && (patterns === undefined || patterns.length === 0);
  const isAllowed = isUnneeded ? () => false : compileAllowTargets(patterns);
  const isOwn = (to: ObjectRef) => isInScheduleFolder(schedule, to);
  const allowed = namesOf(patterns);
  return {
    isAllowed: (to) => (destinations.has(to.bucket) || isAllowed(to)) && !isOwn(to),
    whyRefused(to) {
      const target = `${to.bucket}/${to.key}`;
      if (isOwn(to))
        return `${target} is in the schedule's own folder, where no event is delivered`;
      const noDestination =
        destinations.size > 0 ? ", and no destination has this bucket's name" : "";
      return `${target} is outside allowTargets (${allowed})${noDestination}`;
    },
  };
}

const NO_DESTINATIONS = new Set<string>();

function namesOf(patterns: readonly string[] = []): string {
  const named = patterns.slice(0, MOST_NAMED).join(", ");
  return patterns.length > MOST_NAMED ? `${named}, …` : named || "none";
}
