import type { Output } from "./output.js";
import { quoteId } from "./show-id.js";
import { showInstant } from "./show-time.js";

/** Says that an event had closed, and what becomes of it. */
export function eventTooLate(
  output: Output,
  id: string,
  closedAt: Date,
  hint = "It is left alone: if it still waits, the next sweep delivers it.",
): void {
  output.failure({
    code: "too-late",
    message: `too late: ${quoteId(id)} closed at ${showInstant(closedAt)}.`,
    hint,
  });
}
