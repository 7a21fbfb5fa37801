import { defineConfig } from "vitest/config";

/** `npm run test:real`: installs what is too large or too slow for everybody, AWS's runtime client and the CDK. */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    name: "lambda-real",
    include: ["src/**/*.real.test.ts"],
    maxWorkers: 2, // one waits for a full minute to pass while the other computes
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
