import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "demo",
    include: ["src/**/*.test.ts", "page/**/*.test.{ts,tsx}"],
    testTimeout: 30_000, // some tests start the demo as a process of its own
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
