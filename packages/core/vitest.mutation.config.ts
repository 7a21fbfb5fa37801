import { defineConfig } from "vitest/config";

/**
 * The tests that mutants of one folder must fail: those of that folder alone, because each mutant runs them. What hangs
 * is Stryker's to end: a test's own limit would count a busy machine as a mutant that was noticed.
 */
export default defineConfig({
  test: {
    include: (process.env["MUTATION_TESTS"] ?? "src/**/*.test.ts").split(","),
    setupFiles: ["./vitest.setup.ts", "./vitest.mutation.setup.ts"],
    testTimeout: 600_000,
  },
});
