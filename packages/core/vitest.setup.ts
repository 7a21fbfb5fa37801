import { createHash, webcrypto } from "node:crypto";

/**
 * Hashes are made immediately in these tests: their own thread pool answers late on a busy machine, when a manual clock has
 * already gone on. The simulation does the same (`deterministic-hash.ts`), but core may not depend on it.
 */
Object.defineProperty(webcrypto.subtle, "digest", {
  configurable: true, // this runs for each file, and files share a process
  value: async (algorithm: string, data: Uint8Array) => {
    const hash = createHash(algorithm.replace("-", "")).update(data).digest();
    return new Uint8Array(hash).buffer;
  },
});
