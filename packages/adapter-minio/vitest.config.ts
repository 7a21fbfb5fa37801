import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // A Ceph gateway shares the machine with its tests.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    name: "adapter-minio",
    include: ["src/**/*.test.ts"],
  },
});
