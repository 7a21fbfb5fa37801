import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Most tests wait for a disk, a server or another process, so a machine of two cores has time for three.
    maxWorkers: Math.max(availableParallelism(), 2) + 1,
    projects: [
      "packages/*/vitest.config.ts",
      "apps/*/vitest.config.ts",
      "apps/demo/e2e/vitest.config.ts",
      "examples/*/vitest.config.ts",
      "api-docs/vitest.config.ts",
      "bench/vitest.config.ts",
      "docs/vitest.config.ts",
      "interop/vitest.config.ts",
      "published/vitest.config.ts",
      "reliability/vitest.config.ts",
      "simulation/vitest.config.ts",
    ],
  },
});
