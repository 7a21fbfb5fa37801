import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Azurite shares the machine with its tests.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    name: "adapter-azure",
    isolate: false,
    include: ["src/**/*.test.ts"],
  },
});
