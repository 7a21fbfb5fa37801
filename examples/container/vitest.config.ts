import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "hosts", include: ["*.test.mjs"], testTimeout: 60_000 },
});
