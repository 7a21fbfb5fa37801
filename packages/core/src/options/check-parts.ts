import type { Clock } from "../clock.js";
import type { KeyCodec } from "../codec/key-codec.js";
import { showValue } from "../input/show-value.js";
import { KeywhenError } from "../keywhen-error.js";
import type { RandomSource } from "../random.js";
import type { ObjectStore } from "../store/object-store.js";

const STORE_CALLS = ["put", "head", "get", "list", "copy", "delete"];
const CLOCK_CALLS = ["now", "monotonic", "sleep"];
const CODEC_CALLS = ["checkRoot", "pendingPrefix", "encode", "decode", "before", "after"];

/** Checks what a function reads a store with; throws `invalid-option` for a part that is none. */
export function checkParts(parts: {
  readonly store: ObjectStore;
  readonly clock?: Clock | undefined;
  readonly random?: RandomSource | undefined;
}): void {
  checkStore(parts.store);
  checkClock(parts.clock);
  checkRandom(parts.random);
}

/** Throws `invalid-option` for what is no `ObjectStore`: a client of some service, most often. */
function checkStore(store: ObjectStore): void {
  if (store === undefined || store === null) {
    throw invalid(`store is missing: give an ObjectStore, ${STORE_EXAMPLES}.`);
  }
  if (hasCalls(store, STORE_CALLS) && typeof store.capabilities === "object") return;
  throw invalid(
    `store is ${showValue(store)}, which is no ObjectStore: wrap the client that you have in its adapter's store, ${STORE_EXAMPLES}.`,
  );
}

const STORE_EXAMPLES = "for example s3Store({ client }) or fsStore({ folder })";

/** Throws `invalid-option` for what is no `Clock`, such as `Date`. */
function checkClock(clock: Clock | undefined): void {
  if (clock === undefined || hasCalls(clock, CLOCK_CALLS)) return;
  throw invalid(
    `clock must be a Clock with now(), monotonic() and sleep() (got ${showValue(clock)}): leave it out for this machine's.`,
  );
}

function checkRandom(random: RandomSource | undefined): void {
  if (random === undefined || typeof random === "function") return;
  throw invalid(`random must be a function (got ${showValue(random)}).`);
}

export function checkCodec(codec: KeyCodec | undefined): void {
  if (codec === undefined || hasCalls(codec, CODEC_CALLS)) return;
  throw invalid(`codec must be a KeyCodec, such as codecV1 (got ${showValue(codec)}).`);
}

function hasCalls(value: object, names: readonly string[]): boolean {
  const isObject = typeof value === "object" || typeof value === "function";
  return isObject && names.every((name) => typeof Reflect.get(value, name) === "function");
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}
