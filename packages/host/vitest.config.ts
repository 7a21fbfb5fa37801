import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "host",
    isolate: false,
    include: ["src/**/*.test.ts"],
    testTimeout: 30_000, // a busy machine is no failure
  },
});
