import { invalidOption } from "../errors.js";
import { isJsonObject } from "../values.js";
import { showValue } from "./show-value.js";

/** Refuses options that are no object, and unknown names: a typo must not silently become a default. */
export function checkOptionNames(options: object, known: readonly string[], of: string): void {
  if (!isJsonObject(options)) {
    const needs = of.endsWith("()") ? "needs an object of options" : "must be an object";
    throw invalidOption(
      `${of} ${needs} (got ${showValue(options)}). Use these properties: ${known.join(", ")}.`,
    );
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const guess = closestName(unknown, known);
  const hint =
    guess === undefined ? `Use one of these: ${known.join(", ")}.` : `Did you mean "${guess}"?`;
  throw invalidOption(`${of} has no option "${unknown}". ${hint}`);
}

/** The known name closest to a misspelled one; `undefined` if each is more than two edits away. */
export function closestName(name: string, known: readonly string[]): string | undefined {
  const within = (edits: number) => known.find((candidate) => isWithin(edits, name, candidate));
  return within(1) ?? within(2);
}

/** Whether at most `edits` insertions, deletions and replacements of a character turn one name into the other. */
function isWithin(edits: number, from: string, to: string): boolean {
  if (from === to) return true;
  const [shorterFrom, shorterTo] = [from.slice(1), to.slice(1)];
  if (from[0] === to[0]) return isWithin(edits, shorterFrom, shorterTo);
  if (edits === 0) return false;
  return (
    isWithin(edits - 1, shorterFrom, shorterTo) ||
    isWithin(edits - 1, shorterFrom, to) ||
    isWithin(edits - 1, from, shorterTo)
  );
}
