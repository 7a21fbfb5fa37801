import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "core",
    isolate: false,
    include: ["src/**/*.test.ts"],
    setupFiles: ["./vitest.setup.ts"],
    tags: [{ name: "slow", description: "left out where each of thousands of mutants is tested" }],
    testTimeout: 30_000, // a busy machine is no failure
  },
});
