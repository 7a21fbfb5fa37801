import { checkOptionNames } from "../input/check-option-names.js";
import { showValue } from "../input/show-value.js";
import { KeywhenError } from "../keywhen-error.js";

/** Options of every call. An aborted signal ends the call, which then rejects with code `aborted`. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Checks a call's options and returns its signal; throws `invalid-option` for what would be ignored. */
export function signalOf(call: CallOptions | undefined, of: string): AbortSignal | undefined {
  if (call === undefined) return undefined;
  if (isSignal(call)) {
    throw new KeywhenError("invalid-option", `${of} takes { signal }, not the signal itself.`);
  }
  checkOptionNames(call, ["signal"], of);
  return checkSignal(call.signal);
}

/** Throws `invalid-option` for a signal that is none, such as an `AbortController`. */
export function checkSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || isSignal(signal)) return signal;
  throw new KeywhenError(
    "invalid-option",
    `signal must be an AbortSignal, such as controller.signal (got ${showValue(signal)}).`,
  );
}

/** By its shape: under Jest, and in browsers' frames, a signal may be of another realm. */
function isSignal(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value
  );
}
