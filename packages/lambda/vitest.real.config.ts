import { defineConfig } from "vitest/config";

/** Part of `npm run test:real`: installs AWS's runtime client and the CDK. */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    name: "lambda-real",
    include: ["src/**/*.real.test.ts"],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
