import { oneLine } from "../api-failure.js";

/** Why an outcome is undecided, where something tells. */
export function whyOf(result: object): { readonly why?: string } {
  return "error" in result && result.error !== undefined ? { why: oneLine(result.error) } : {};
}
