import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "crash",
    include: ["src/**/*.test.ts"],
    testTimeout: 120_000, // a busy machine is no failure
    hookTimeout: 60_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
