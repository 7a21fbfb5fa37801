import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "custom-store",
    include: ["*.test.mjs"],
    testTimeout: 30_000, // one test writes 1,010 objects, each of them the whole file
  },
});
