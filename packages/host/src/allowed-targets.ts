import { compileAllowTargets } from "@keywhen/core/internal";
import { UsageError } from "./usage-error.js";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Returns the targets that a host may write to: those on the command line, or those of `KEYWHEN_ALLOW_TARGETS`, or all
 * targets of a file store, whose buckets are all in one folder; otherwise `undefined`. Throws `invalid-option` for a
 * pattern that can match nothing.
 */
export function allowedTargets(
  storeUrl: string | undefined,
  env: Env,
  given: readonly string[] | undefined,
): readonly string[] | undefined {
  const patterns = given ?? listedTargets(env);
  if (patterns !== undefined) {
    compileAllowTargets(patterns);
    return patterns;
  }
  return /^file:/i.test(storeUrl ?? "") ? ["*"] : undefined;
}

/**
 * The patterns in `KEYWHEN_ALLOW_TARGETS`, separated by commas; `undefined` if it is not set. Throws a `UsageError` if it
 * is blank: a script with an empty variable was meant to limit the targets, not to allow all of them.
 */
export function listedTargets(env: Env): readonly string[] | undefined {
  const text = env["KEYWHEN_ALLOW_TARGETS"];
  if (text === undefined) return undefined;
  if (text.trim() === "") {
    throw new UsageError(
      `KEYWHEN_ALLOW_TARGETS is set but contains no target (got ${JSON.stringify(text)}).`,
      "Set it to patterns such as 'bucket/*', separated by commas, or unset it.",
    );
  }
  const patterns = text.split(",").map((pattern) => pattern.trim());
  const listed = patterns.filter((pattern) => pattern !== "");
  return listed.length === 0 ? [text.trim()] : listed; // commas alone are refused later, as a pattern
}
