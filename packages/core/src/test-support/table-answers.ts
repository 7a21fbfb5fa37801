import type { Delivery } from "../event-table/due-event.js";
import { ObjectStoreError } from "../store/object-store-error.js";

/** What the requests of a table come to in a test. */
export const COPY_ANSWERS = [
  "moved",
  "found",
  "passed-over",
  "untried",
  "backing-off",
  "refused",
  "unanswered",
  "slow",
  "too old",
  "expired",
  "rejected",
] as const;
export type CopyAnswer = "copied" | (typeof COPY_ANSWERS)[number];
export type DeleteAnswer = "gone" | "retry" | "failed";

/** What a copy comes to. `isGone`: the event was cancelled, so it can't be delivered; `gone` is only true of such an event. */
export function deliveryOf(answer: CopyAnswer, isGone: boolean, latenessMs: number): Delivery {
  const failed = { outcome: "failed", wasAsked: true, deadLetterReason: undefined } as const;
  switch (answer) {
    case "untried":
    case "backing-off":
    case "passed-over":
    case "expired":
      return { outcome: answer };
    case "refused":
    case "slow":
      return { ...failed, error: errorOf("denied") };
    case "unanswered":
      return { ...failed, error: errorOf("unavailable", true) };
    case "too old":
      return { ...failed, error: errorOf("denied"), deadLetterReason: "max-age" };
    case "rejected":
      return { ...failed, error: errorOf("denied"), deadLetterReason: "rejected" };
    case "found":
      return isGone ? { outcome: "gone" } : { outcome: "found" };
    default:
      if (isGone) return { outcome: "gone" };
      return { outcome: "delivered", isRemoved: answer === "moved", latenessMs };
  }
}

export function errorOf(code: "denied" | "unavailable", undecided = false): ObjectStoreError {
  return new ObjectStoreError({ code, undecided, operation: "copy", bucket: "b", message: code });
}
