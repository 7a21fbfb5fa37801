import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "store-conformance", include: ["src/**/*.test.ts"] },
});
