import { EXIT, type ExitCode } from "./exit-codes.js";
import type { Failure, Output } from "./output.js";
import { quoteId } from "./show-id.js";

/** Says that there is nothing of this id where it was looked for. */
export type SayNotFound = (output: Output, id: string) => Promise<ExitCode>;

export const eventNotFound: SayNotFound = (output, id) =>
  notFound(output, id, {
    message: `There is no waiting event with the id ${quoteId(id)}.`,
    hint: "It was delivered, cancelled or moved, or never scheduled. keywhen list shows what waits, keywhen dead list what could not be delivered.",
  });

export const letterNotFound: SayNotFound = (output, id) =>
  notFound(output, id, {
    message: `There is no dead letter with the id ${quoteId(id)}.`,
    hint: "It was redriven or purged, or was never dead-lettered; keywhen dead list shows the dead letters.",
  });

/** An outcome like others with `--json`, a failure for people. */
async function notFound(
  output: Output,
  id: string,
  failure: Omit<Failure, "code">,
): Promise<ExitCode> {
  if (output.isJson) await output.tell({ json: { outcome: "not-found", id }, text: "" });
  else output.failure({ code: "not-found", ...failure });
  return EXIT.notFound;
}
