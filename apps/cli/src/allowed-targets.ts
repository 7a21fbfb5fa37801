import { UsageError } from "./explain-error.js";
import type { Session } from "./session.js";

export const ALLOW_OPTION = [
  "--allow <pattern...>",
  "targets that it may write to: 'bucket/*', 'bucket/prefix/*', bucket/key, '*' (or KEYWHEN_ALLOW_TARGETS, separated by commas; not needed on file:)",
] as const;

/** On a file store every bucket lies in the one folder that was named, so there naming it is enough. */
export function allowedTargets(
  session: Session,
  given: readonly string[] | undefined,
): readonly string[] {
  if (given !== undefined) return given;
  const listed = (session.env["KEYWHEN_ALLOW_TARGETS"] ?? "").split(",").map((text) => text.trim());
  const patterns = listed.filter((pattern) => pattern !== "");
  if (patterns.length > 0) return patterns;
  if (/^file:/i.test(session.storeUrl ?? "")) return ["*"];
  throw new UsageError(
    "which targets may it write to?",
    "Give --allow 'bucket/*' or set KEYWHEN_ALLOW_TARGETS; --allow '*' opens it to whoever may schedule.",
  );
}
