import { defineConfig } from "vitest/config";
import { measuredSources } from "../../tools/measured-sources.js";

export default defineConfig({
  resolve: { alias: measuredSources("adapter-kit") },
  test: { name: "s3-protocol", isolate: false, include: ["src/**/*.test.ts"] },
});
