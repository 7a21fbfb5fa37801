import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "s3-protocol", include: ["src/**/*.test.ts"] },
});
