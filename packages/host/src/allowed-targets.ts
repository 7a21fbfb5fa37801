import { compileAllowTargets } from "@keywhen/core";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The targets that a host may write to: those that were typed, else those of `KEYWHEN_ALLOW_TARGETS`, else all on a
 * file store, where every bucket lies in the one folder that was named; else `undefined`. Throws `invalid-option` for
 * a pattern that can match nothing.
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

/** The patterns in `KEYWHEN_ALLOW_TARGETS`, separated by commas; `undefined` if it is not set or blank. */
export function listedTargets(env: Env): readonly string[] | undefined {
  const text = env["KEYWHEN_ALLOW_TARGETS"]?.trim() ?? "";
  if (text === "") return undefined;
  const patterns = text.split(",").map((pattern) => pattern.trim());
  const listed = patterns.filter((pattern) => pattern !== "");
  return listed.length === 0 ? [text] : listed; // commas alone allow nothing, and are no pattern
}
