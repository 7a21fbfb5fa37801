import { defineConfig } from "vitest/config";
import { measuredSources } from "../../tools/measured-sources.js";

export default defineConfig({
  resolve: { alias: measuredSources("adapter-kit", "s3-protocol") },
  test: {
    name: "s3-fast-lane",
    isolate: false,
    testTimeout: 30_000,
    include: ["src/**/*.test.ts"],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
