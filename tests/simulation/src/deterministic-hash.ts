import { createHash, webcrypto } from "node:crypto";

/**
 * Lets `crypto.subtle.digest` answer immediately in this thread. Node's own answer comes from a thread pool, at a moment
 * that no seed decides.
 */
export function makeDigestDeterministic(): void {
  Object.defineProperty(webcrypto.subtle, "digest", {
    configurable: true,
    value: async (algorithm: string, data: Uint8Array) => {
      const hash = createHash(algorithm.replace("-", "")).update(data).digest();
      return new Uint8Array(hash).buffer;
    },
  });
}
