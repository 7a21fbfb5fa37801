import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "cli",
    isolate: false,
    include: ["src/**/*.test.ts"],
    testTimeout: 30_000, // most tests start several processes
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
