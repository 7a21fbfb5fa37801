import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      "packages/*/vitest.config.ts",
      "apps/*/vitest.config.ts",
      "apps/demo/e2e/vitest.config.ts",
      "examples/*/vitest.config.ts",
      "bench/vitest.config.ts",
      "docs/vitest.config.ts",
      "interop/vitest.config.ts",
      "published/vitest.config.ts",
      "reliability/vitest.config.ts",
      "simulation/vitest.config.ts",
    ],
  },
});
