import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "adapter-fs", include: ["src/**/*.test.ts"] },
});
