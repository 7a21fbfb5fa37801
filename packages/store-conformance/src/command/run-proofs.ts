import { within } from "../calls.js";

export interface RegisteredProof {
  readonly theme: string;
  readonly promise: string;
  readonly run: () => Promise<void>;
}

export function createRegister() {
  const proofs: RegisteredProof[] = [];
  const themes: string[] = [];
  return {
    proofs,
    describe(name: string, body: () => void): void {
      themes.push(name);
      body();
      themes.pop();
    },
    it(promise: string, run: () => Promise<void>): void {
      proofs.push({ theme: themes.at(-1) ?? "", promise, run });
    },
  };
}

export interface ProofResult {
  readonly proof: RegisteredProof;
  /** `undefined` if the promise holds. */
  readonly failure: unknown;
}

/** A proof that hangs must not hide the others. */
const LIMIT_MS = 60_000;

export async function* runProofs(
  proofs: readonly RegisteredProof[],
): AsyncGenerator<ProofResult, void> {
  for (const proof of proofs) {
    const tooLate = new Error(`no end after ${LIMIT_MS / 1000} s`);
    const failure = await within(LIMIT_MS, proof.run(), tooLate).then(
      () => undefined,
      (error: unknown) => error ?? new Error("it threw nothing"),
    );
    yield { proof, failure };
  }
}
