import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import { CORE, type PlantedFault } from "./planted-faults.js";

/** Bundles core with one fault planted into a file that can be imported. */
export async function bundleWithFault(fault: PlantedFault, outfile: string): Promise<void> {
  const contents = await faultySource(fault);
  await build({
    entryPoints: [`${CORE}index.ts`],
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
            path === `${CORE}${fault.file}` ? { contents, loader: "ts" } : undefined,
          );
        },
      },
    ],
  });
}

/** Throws unless the text to replace occurs exactly once. */
export async function faultySource(fault: PlantedFault): Promise<string> {
  return plant(fault, await readFile(`${CORE}${fault.file}`, "utf8"));
}

export function plant({ name, file, find, replace }: PlantedFault, source: string): string {
  const times = source.split(find).length - 1;
  if (times === 1) return source.replace(find, () => replace);
  throw new Error(
    `"${name}" can't be planted: its text occurs ${times} times in ${file}. Adapt it to the source.`,
  );
}
