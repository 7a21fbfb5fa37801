import { defineConfig } from "vitest/config";

/** Part of `npm run test:real`: walks every change of every time zone's clocks. */
export default defineConfig({
  test: {
    name: "recurring-real",
    include: ["src/**/*.real.test.ts"],
    testTimeout: 600_000,
  },
});
