import { KeywhenError } from "@keywhen/core";
import { showValue } from "@keywhen/core/internal";

/** Checks the options that were given to one maker of a store, such as `s3Store`; each throws `invalid-option`. */
export interface StoreOptionChecks {
  /** The options are an object and have no other names. */
  names(options: unknown, known: readonly string[]): void;
  boolean(name: string, value: unknown): void;
  integer(
    name: string,
    value: unknown,
    bounds: { readonly min: number; readonly max?: number },
  ): void;
  /** The error for an option that must be something else. */
  wrong(name: string, expected: string, value: unknown): KeywhenError;
}

export function storeOptionChecks(
  maker: string,
  example = `${maker}({ client })`,
): StoreOptionChecks {
  const invalid = (message: string) => new KeywhenError("invalid-option", `${maker}: ${message}`);
  const wrong = (name: string, expected: string, value: unknown) =>
    invalid(`${name} must be ${expected} (got ${showValue(value)})`);
  return {
    wrong,
    names(options, known) {
      if (typeof options !== "object" || options === null || Array.isArray(options)) {
        throw wrong("options", `an object, for example ${example}`, options);
      }
      const unknown = Object.keys(options).find((name) => !known.includes(name));
      if (unknown === undefined) return;
      throw invalid(`there is no option "${unknown}"; use one of these: ${known.join(", ")}`);
    },
    boolean(name, value) {
      if (value !== undefined && typeof value !== "boolean")
        throw wrong(name, "true or false", value);
    },
    integer(name, value, { min, max = Number.MAX_SAFE_INTEGER }) {
      if (typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max)
        return;
      const upTo = max === Number.MAX_SAFE_INTEGER ? "or more" : `to ${max}`;
      throw wrong(name, `a whole number, ${min} ${upTo}`, value);
    },
  };
}
