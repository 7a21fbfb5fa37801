import { defineConfig } from "vitest/config";

/** `npm run test:real`: what is too large or too slow for every run of `npm test`. */
export default defineConfig({
  test: {
    projects: [
      "packages/lambda/vitest.real.config.ts",
      "packages/recurring/vitest.real.config.ts",
      "tests/packaging/vitest.real.config.ts",
    ],
    maxWorkers: 3, // one waits for a full minute to pass while the others compute
  },
});
