import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "recurring",
    isolate: false,
    include: ["src/**/*.test.ts"],
    exclude: ["src/**/*.real.test.ts"],
    setupFiles: ["../core/vitest.setup.ts"],
    testTimeout: 30_000, // a busy machine is no failure
  },
});
