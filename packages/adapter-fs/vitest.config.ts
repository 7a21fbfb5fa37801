import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "adapter-fs",
    isolate: false,
    include: ["src/**/*.test.ts"],
    // Every put waits for a real disk, which others may keep busy.
    testTimeout: 60_000,
  },
});
