/** What `proveStore` registered, to be run one by one without a test runner. */
export interface RegisteredProof {
  readonly theme: string;
  readonly promise: string;
  readonly run: () => Promise<void>;
}

/** A `describe` and an `it` that only remember. */
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
  /** What the store did; `undefined` if the promise holds. */
  readonly failure: unknown;
}

/** A proof that hangs must not hide the others. */
const LIMIT_MS = 60_000;

export async function* runProofs(
  proofs: readonly RegisteredProof[],
): AsyncGenerator<ProofResult, void> {
  for (const proof of proofs) {
    const failure = await withinLimit(proof.run()).then(
      () => undefined,
      (error: unknown) => error ?? new Error("it threw nothing"),
    );
    yield { proof, failure };
  }
}

async function withinLimit(run: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  try {
    await Promise.race([run, limit]);
  } finally {
    clearTimeout(timer);
  }
}
