import { KeywhenError } from "../keywhen-error.js";
import { closestName } from "./closest-name.js";
import { showValue } from "./show-value.js";

/**
 * Refuses option names that don't exist, so that a typo never silently becomes a default, and options that are no object at
 * all.
 */
export function checkOptionNames(options: object, known: readonly string[], of: string): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new KeywhenError(
      "invalid-option",
      `${of} needs an object of options (got ${showValue(options)}). Known: ${known.join(", ")}.`,
    );
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const guess = closestName(name, known);
    const hint = guess === undefined ? `Known: ${known.join(", ")}.` : `Did you mean "${guess}"?`;
    throw new KeywhenError("invalid-option", `${of} has no option "${name}". ${hint}`);
  }
}
