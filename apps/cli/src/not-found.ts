import { EXIT, type ExitCode } from "./exit-codes.js";
import type { Output } from "./output.js";
import { quoteId } from "./show-id.js";

/** Says that there is nothing of this id where it was looked for. */
export type SayNotFound = (output: Output, id: string) => ExitCode;

export const eventNotFound: SayNotFound = (output, id) => {
  output.failure({
    code: "not-found",
    message: `no event waits as ${quoteId(id)}.`,
    hint: "It was delivered, cancelled or moved, or never scheduled; keywhen list shows what waits, keywhen dead list what was given up.",
  });
  return EXIT.notFound;
};

export const letterNotFound: SayNotFound = (output, id) => {
  output.failure({
    code: "not-found",
    message: `there is no dead letter ${quoteId(id)}.`,
    hint: "It was redriven or purged, or never given up; keywhen dead list shows those there are.",
  });
  return EXIT.notFound;
};
