import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "packaging",
    include: ["*.test.ts"],
    exclude: ["*.real.test.ts"],
    globalSetup: "./pack-and-install.ts",
    testTimeout: 120_000, // a busy machine is no failure
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
