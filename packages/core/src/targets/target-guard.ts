import type { ResolvedHome } from "../options/home.js";
import { isInScheduleFolder } from "../options/schedule-folder.js";
import type { ObjectRef } from "../store/object-store.js";
import { compileAllowTargets, type TargetCheck } from "./allow-targets.js";

/** Where events may go, and why others may not. */
export interface TargetGuard {
  readonly isAllowed: TargetCheck;
  /** One clause for a report: the target, and what keeps events from it. */
  whyRefused(to: ObjectRef): string;
}

/** A report is read by people: they know the rest of their patterns. */
const MOST_NAMED = 5;

/** No event may write into the schedule's own folders, even if a pattern allows it. */
export function createTargetGuard(
  home: Pick<ResolvedHome, "bucket" | "root">,
  patterns: readonly string[],
): TargetGuard {
  const isAllowed = compileAllowTargets(patterns);
  const isOwn = (to: ObjectRef) => isInScheduleFolder(home, to);
  const named = patterns.slice(0, MOST_NAMED).join(", ");
  const allowed = patterns.length > MOST_NAMED ? `${named}, …` : named;
  return {
    isAllowed: (to) => isAllowed(to) && !isOwn(to),
    whyRefused(to) {
      const target = `${to.bucket}/${to.key}`;
      if (isOwn(to)) return `${target} is in the schedule's own folder, where no event may go`;
      return `${target} is outside allowTargets (${allowed})`;
    },
  };
}
