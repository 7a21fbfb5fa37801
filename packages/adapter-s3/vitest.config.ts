import { defineConfig } from "vitest/config";
import { measuredSources } from "../../tools/measured-sources.js";

export default defineConfig({
  resolve: { alias: measuredSources("adapter-kit", "s3-protocol", "s3-fast-lane") },
  test: {
    // A Ceph gateway shares the machine with its tests.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    name: "adapter-s3",
    isolate: false,
    include: ["src/**/*.test.ts"],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
