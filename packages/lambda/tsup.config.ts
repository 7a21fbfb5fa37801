import { fileURLToPath } from "node:url";
import { defineConfig } from "tsup";

/** The SDK's CommonJS parts ask for Node's own modules by `require`, which an ES module has not. */
const REQUIRE = `import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);`;
const ROLE_CREDENTIALS = fileURLToPath(new URL("./src/role-credentials.ts", import.meta.url));

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
    esbuildOptions: (options) => {
      // Node prints the source line of a start error before its message.
      options.lineLimit = 160;
      // Of the SDK's chain of credentials no other link can be had in Lambda.
      options.alias = { "@aws-sdk/credential-provider-node": ROLE_CREDENTIALS };
      // Found for each of our files by esbuild itself: named here, it would put "use strict" into each of the SDK's
      // modules, and an ES module is strict anyway.
      delete options.tsconfig;
    },
    banner: { js: REQUIRE },
    dts: false,
  },
]);
