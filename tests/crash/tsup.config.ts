import { readFile } from "node:fs/promises";
import { defineConfig } from "tsup";
import { RECURRING, shortenInterval } from "./shorten-interval.js";

export default defineConfig({
  entry: [
    "src/main.ts",
    "src/sweeper-process.ts",
    "src/receiver-process.ts",
    "src/caller-process.ts",
  ],
  format: ["esm"],
  target: "node20",
  dts: false,
  sourcemap: true,
  clean: true,
  noExternal: ["@keywhen/recurring"],
  esbuildPlugins: [
    {
      name: "shorten the interval",
      setup({ onLoad }) {
        onLoad({ filter: RECURRING }, async ({ path }) => ({
          contents: shortenInterval(await readFile(path, "utf8")),
        }));
      },
    },
  ],
});
