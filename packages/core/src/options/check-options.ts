import { invalidOption } from "../errors.js";
import { checkValue } from "../input/check-value.js";
import { checkOptionNames } from "../input/option-names.js";
import { showValue } from "../input/show-value.js";
import type { KeyCodec } from "../key/key-codec.js";
import type { Clock, RandomSource } from "../machine.js";
import type { ObjectStore } from "../store/object-store.js";
import { isAbortSignal } from "../values.js";

/** Options of every call. An aborted signal ends the call, which then rejects with code `aborted`. @inline */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Checks a call's options and returns its signal; throws `invalid-option` for what would be ignored. */
export function signalOf(call: CallOptions | undefined, of: string): AbortSignal | undefined {
  if (call === undefined) return undefined;
  if (isAbortSignal(call)) {
    throw invalidOption(
      `${of} takes an object of options: pass { signal }, not the signal itself.`,
    );
  }
  checkOptionNames(call, ["signal"], of);
  return checkSignal(call.signal);
}

/** Throws `invalid-option` for a value that is not a signal, such as an `AbortController`. */
export function checkSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  const isSignal = signal === undefined || isAbortSignal(signal);
  checkValue(isSignal, signal, "signal must be an AbortSignal, such as controller.signal");
  return signal;
}

const STORE_METHODS = ["put", "head", "get", "list", "copy", "delete"];
const CLOCK_METHODS = ["now", "monotonic", "sleep"];
const CODEC_METHODS = ["checkRoot", "pendingPrefix", "encode", "decode", "before", "after"];
const STORE_EXAMPLES = "for example s3Store({ client }) or fsStore({ folder })";

/** Checks what a function reads a store with; throws `invalid-option`. */
export function checkParts(parts: {
  readonly store: ObjectStore;
  readonly clock?: Clock | undefined;
  readonly random?: RandomSource | undefined;
  readonly codec?: KeyCodec | undefined;
}): void {
  const { store, clock, random, codec } = parts;
  if (store === undefined || store === null) {
    throw invalidOption(`store is missing: give an ObjectStore, ${STORE_EXAMPLES}.`);
  }
  if (!hasMethods(store, STORE_METHODS) || typeof store.capabilities !== "object") {
    throw invalidOption(
      `store is ${showValue(store)}, which is not an ObjectStore: pass the store that an adapter makes, ${STORE_EXAMPLES}.`,
    );
  }
  checkValue(
    clock === undefined || hasMethods(clock, CLOCK_METHODS),
    clock,
    "clock must be a Clock with now(), monotonic() and sleep()",
    ": leave it out to use this machine's clock.",
  );
  const isRandom = random === undefined || typeof random === "function";
  checkValue(isRandom, random, "random must be a function");
  const isCodec = codec === undefined || hasMethods(codec, CODEC_METHODS);
  const advice = ": leave it out for keywhen's own key format.";
  checkValue(isCodec, codec, "codec must be a KeyCodec", advice);
}

function hasMethods(value: object, names: readonly string[]): boolean {
  const isObject = typeof value === "object" || typeof value === "function";
  return isObject && names.every((name) => typeof Reflect.get(value, name) === "function");
}
