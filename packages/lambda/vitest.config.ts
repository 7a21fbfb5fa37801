import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // A Ceph gateway shares the machine with its tests.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    name: "lambda",
    isolate: false,
    include: ["src/**/*.test.ts"],
    exclude: ["**/*.real.test.ts"],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
