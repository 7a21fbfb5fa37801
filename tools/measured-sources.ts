import { fileURLToPath } from "node:url";

/** Aliases that let coverage count what a package's tests run of these packages, whose code is bundled into it. */
export function measuredSources(...names: readonly string[]): Record<string, string> {
  const { MEASURES_SOURCES: isMeasured } = process.env;
  if (!isMeasured) return {};
  const sourceOf = (name: string) =>
    fileURLToPath(new URL(`../packages/${name}/src/index.ts`, import.meta.url));
  return Object.fromEntries(names.map((name) => [`@keywhen/${name}`, sourceOf(name)]));
}
