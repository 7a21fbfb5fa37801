import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "adapter-kit", isolate: false, include: ["src/**/*.test.ts"] },
});
