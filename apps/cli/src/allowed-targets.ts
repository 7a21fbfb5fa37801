import { allowedTargets as targetsOf, UsageError } from "@keywhen/host";
import type { Session } from "./session.js";

export const ALLOW_OPTION = [
  "--allow <pattern...>",
  "targets that it may write to: 'bucket/*', 'bucket/prefix/*', bucket/key, '*' (or KEYWHEN_ALLOW_TARGETS, separated by commas; not needed on file:)",
] as const;

/** The targets that may be written to; throws a `UsageError` if nobody said which. */
export function allowedTargets(
  { storeUrl, env }: Session,
  given: readonly string[] | undefined,
): readonly string[] {
  const patterns = targetsOf(storeUrl, env, given);
  if (patterns !== undefined) return patterns;
  throw new UsageError(
    "Which targets may it write to?",
    "Give --allow 'bucket/*' or set KEYWHEN_ALLOW_TARGETS; --allow '*' allows every target to anyone who can schedule.",
  );
}
