import { defineConfig } from "vitest/config";

/** These install what is too large or too slow for everybody's install: in CI, or by `npm run test:real` here. */
const isReal = Boolean(process.env["CI"]) && process.env["KEYWHEN_TEST_REAL"] !== "no";

export default defineConfig({
  test: {
    // A Ceph gateway shares the machine with its tests.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    name: "lambda",
    include: ["src/**/*.test.ts"],
    exclude: isReal ? [] : ["**/*.real.test.ts"],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
