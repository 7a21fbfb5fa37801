import type { OpenedDestination, ReceiverAnswer } from "./opened-destination.js";
import { type DestinationProof, PROOFS } from "./proofs.js";

/** What the kit needs of a test runner: vitest's, node:test's and most others' fit. */
export interface ProveDestinationOptions {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, test: () => Promise<void>) => unknown;
  /** How the report calls the destination. */
  readonly name: string;
  /** Called for each proof: a destination whose receiver has taken nothing yet. */
  readonly open: () => OpenedDestination | Promise<OpenedDestination>;
  /** What its receivers have no way to answer. @default none */
  readonly without?: readonly Extract<ReceiverAnswer, "reject" | "slow-down">[] | undefined;
}

/** Registers tests that pass only if the destination keeps the promises of `Destination`. */
export function proveDestination(options: ProveDestinationOptions): void {
  const { describe, it, name, open, without = [] } = options;
  describe(name, () => {
    for (const [promise, { proof, needs }] of Object.entries(PROOFS)) {
      if (without.some((answer) => answer === needs)) continue;
      it(promise, () => run(proof, open));
    }
  });
}

async function run(
  proof: DestinationProof["proof"],
  open: ProveDestinationOptions["open"],
): Promise<void> {
  const opened = await open();
  try {
    await proof(opened);
  } finally {
    await opened.close();
  }
}
