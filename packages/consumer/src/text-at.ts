import { isJsonObject } from "@keywhen/core/internal";

/** The text at the end of a path of names; `undefined` if there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  let at = value;
  for (const name of path) at = isJsonObject(at) ? at[name] : undefined;
  return typeof at === "string" ? at : undefined;
}
