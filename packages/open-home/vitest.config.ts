import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "open-home",
    include: ["src/**/*.test.ts"],
  },
});
