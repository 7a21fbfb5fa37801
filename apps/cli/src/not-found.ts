import { EXIT, type ExitCode } from "./exit-codes.js";
import type { Output } from "./output.js";
import { quoteId } from "./show-id.js";

/** Says that no such event waits. */
export function eventNotFound(output: Output, id: string): ExitCode {
  output.failure({
    code: "not-found",
    message: `no event waits as ${quoteId(id)}.`,
    hint: "It was delivered, cancelled or moved, or never scheduled; keywhen list shows what waits.",
  });
  return EXIT.notFound;
}
