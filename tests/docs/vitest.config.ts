import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "docs",
    isolate: false,
    include: ["**/*.test.ts"],
    globalSetup: "../packaging/pack-once.ts",
    testTimeout: 60_000,
  },
});
