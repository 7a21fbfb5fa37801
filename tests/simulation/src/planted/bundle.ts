import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import { PACKAGES, type PlantedFault } from "./planted-faults.js";

const CORE = `${PACKAGES}core/src/`;
const ENTRY = `
export * from "@keywhen/core";
export { createNamedEvents } from "${PACKAGES}core/src/names.ts";
export { createSchedules, recurringWakeUps, repairSchedule } from "${PACKAGES}recurring/src/index.ts";
`;

/** Bundles core and recurring schedules, with one fault planted, into a file that can be imported. */
export async function bundleWithFault(fault: PlantedFault, outfile: string): Promise<void> {
  const contents = await faultySource(fault);
  await build({
    stdin: { contents: ENTRY, resolveDir: CORE },
    alias: {
      "@keywhen/core/internal": `${CORE}internal.ts`,
      "@keywhen/core/store": `${CORE}store.ts`,
      "@keywhen/core": `${CORE}index.ts`,
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "error",
    plugins: [
      {
        name: "plant",
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) =>
            path === `${PACKAGES}${fault.file}` ? { contents, loader: "ts" } : undefined,
          );
        },
      },
    ],
  });
}

/** Throws unless the text to replace occurs exactly once. */
export async function faultySource(fault: PlantedFault): Promise<string> {
  return plant(fault, await readFile(`${PACKAGES}${fault.file}`, "utf8"));
}

export function plant({ name, file, find, replace }: PlantedFault, source: string): string {
  const times = source.split(find).length - 1;
  if (times === 1) return source.replace(find, () => replace);
  throw new Error(
    `"${name}" can't be planted: its text occurs ${times} times in ${file}. Adapt it to the source.`,
  );
}
