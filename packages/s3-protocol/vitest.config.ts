import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "s3-protocol", isolate: false, include: ["src/**/*.test.ts"] },
});
