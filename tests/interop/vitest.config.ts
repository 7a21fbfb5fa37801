import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "interop",
    include: ["*.test.ts"],
    testTimeout: 60_000, // other people's programs take their time to start
    hookTimeout: 60_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
