import { defineConfig } from "vitest/config";
import { RECURRING, shortenInterval } from "./shorten-interval.js";

export default defineConfig({
  plugins: [
    {
      name: "shorten the interval",
      transform: (code, id) => (RECURRING.test(id) ? shortenInterval(code) : undefined),
    },
  ],
  test: {
    name: "crash",
    include: ["src/**/*.test.ts"],
    testTimeout: 120_000, // a busy machine is no failure
    hookTimeout: 60_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    server: { deps: { inline: ["@keywhen/recurring"] } },
  },
});
