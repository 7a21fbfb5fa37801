import { defineConfig } from "vitest/config";
import { measuredSources } from "../../tools/measured-sources.js";

export default defineConfig({
  resolve: { alias: measuredSources("adapter-kit", "s3-protocol") },
  test: {
    // A Ceph gateway shares the machine with its tests.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    name: "adapter-minio",
    isolate: false,
    include: ["src/**/*.test.ts"],
  },
});
