type Env = Readonly<Record<string, string | undefined>>;

/**
 * The targets that a host may write to: those that were typed, else those of `KEYWHEN_ALLOW_TARGETS`, separated by
 * commas, else all on a file store, where every bucket lies in the one folder that was named; else `undefined`.
 */
export function allowedTargets(
  storeUrl: string | undefined,
  env: Env,
  given: readonly string[] | undefined,
): readonly string[] | undefined {
  if (given !== undefined) return given;
  const listed = (env["KEYWHEN_ALLOW_TARGETS"] ?? "").split(",").map((text) => text.trim());
  const patterns = listed.filter((pattern) => pattern !== "");
  if (patterns.length > 0) return patterns;
  return /^file:/i.test(storeUrl ?? "") ? ["*"] : undefined;
}
