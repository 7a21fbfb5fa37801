import { hasCode, KeywhenError } from "@keywhen/core";
import type { Command } from "commander";

/** Turns an error that names an option as the API does, such as `expiresAfter`, into one that names it as this command does. */
export function optionError(error: unknown, { options }: Command): unknown {
  if (!hasCode(error, "invalid-option", "invalid-duration")) return error;
  const [name] = /^\w+(?= must )/.exec(error.message) ?? [];
  const option = options.find((known) => known.attributeName() === name);
  if (!option?.long || name === undefined) return error;
  const message = option.long + error.message.slice(name.length);
  return new KeywhenError(error.code, message, { cause: error });
}
