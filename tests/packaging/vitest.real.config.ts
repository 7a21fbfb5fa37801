import { defineConfig } from "vitest/config";

/** Part of `npm run test:real`: the runtimes, package managers and compilers of docs/runtimes.md. */
export default defineConfig({
  test: {
    name: "packaging-real",
    include: ["*.real.test.ts"],
    globalSetup: "./pack-next-to-projects.ts",
    testTimeout: 300_000,
    hookTimeout: 600_000,
    maxConcurrency: 3,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
