import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const sourceOf = (name: string) =>
  fileURLToPath(new URL(`../${name}/src/index.ts`, import.meta.url));
const sources = {
  "@keywhen/s3-fast-lane": sourceOf("s3-fast-lane"),
  "@keywhen/s3-protocol": sourceOf("s3-protocol"),
};

export default defineConfig({
  // Lets coverage count what this package's tests run of the bundled code, too.
  resolve: { alias: process.env["MEASURES_SOURCES"] ? sources : {} },
  test: {
    // A Ceph gateway shares the machine with its tests.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    name: "adapter-s3",
    isolate: false,
    include: ["src/**/*.test.ts"],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
