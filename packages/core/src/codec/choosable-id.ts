import { KeywhenError } from "../keywhen-error.js";

/** Throws `invalid-option` for a chosen delivery id whose event is due `in` a duration: each call would store another event. */
export function checkChoosable(event: { readonly in?: unknown }): void {
  if (event.in === undefined) return;
  throw new KeywhenError(
    "invalid-option",
    "A chosen deliveryId needs at, not in: with in, each call has another due instant, so repeating the call would store another event. Calculate the instant once and repeat the call with it, or leave deliveryId out.",
  );
}
