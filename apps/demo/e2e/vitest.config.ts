import { defineConfig } from "vitest/config";
import { MEASURING } from "./measuring.js";

export default defineConfig({
  test: {
    name: "demo-browser",
    include: ["*.browser.test.ts"],
    exclude: [...MEASURING], // vitest.measured.config.ts runs them, on a machine that does nothing else
    testTimeout: 60_000, // real browsers and real time: a busy machine is no failure
    hookTimeout: 120_000,
  },
});
