import { invalidOption } from "../errors.js";
import { showValue } from "./show-value.js";

/** Throws `invalid-option` for a value that breaks a rule: the rule, the value, and then `rest`. */
export function checkValue(
  isRight: boolean,
  value: unknown,
  rule: string,
  rest = ".",
): asserts isRight {
  if (!isRight) throw invalidOption(`${rule} (got ${showValue(value)})${rest}`);
}

/** Whether a value is a whole number of at least 1. */
export function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1;
}
