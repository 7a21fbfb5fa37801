import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "api-docs", include: ["*.test.mjs"], testTimeout: 120_000 },
});
