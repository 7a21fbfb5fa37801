import { defineConfig } from "tsup";

/** The SDK's CommonJS parts ask for Node's own modules by `require`, which an ES module has not. */
const REQUIRE = `import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);`;

export default defineConfig([
  {
    entry: { index: "src/index.ts", cdk: "src/cdk/index.ts" },
    format: ["esm"],
    target: "node20",
    dts: false,
    sourcemap: true,
    clean: true,
  },
  {
    // What is deployed: one file with everything in it, the AWS SDK included.
    entry: { index: "src/handler.ts" },
    outDir: "dist/function",
    format: ["esm"],
    outExtension: () => ({ js: ".mjs" }),
    target: "node22",
    platform: "node",
    noExternal: [/.*/],
    splitting: false,
    minify: true,
    // Node prints the source line of a start error before its message.
    esbuildOptions: (options) => {
      options.lineLimit = 160;
    },
    banner: { js: REQUIRE },
    dts: false,
  },
]);
