import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const s3Protocol = fileURLToPath(new URL("../s3-protocol/src/index.ts", import.meta.url));

export default defineConfig({
  // Coverage also counts the shared code that this package's tests run.
  resolve: { alias: process.env["MEASURES_SOURCES"] ? { "@keywhen/s3-protocol": s3Protocol } : {} },
  test: {
    // A Ceph gateway shares the machine with its tests.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    name: "adapter-minio",
    isolate: false,
    include: ["src/**/*.test.ts"],
  },
});
