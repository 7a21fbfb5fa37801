// The entries of the public packages, as their package.json lists them: name for a reader, and the source behind it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** One needs the types of the CDK, which is not installed here; the other is for keywhen's own packages. */
const LEFT_OUT = ["@keywhen/lambda/cdk", "@keywhen/core/internal"];

export const entries = readdirSync(`${root}packages`)
  .map((name) => `packages/${name}`)
  .filter((folder) => existsSync(`${root}${folder}/package.json`))
  .flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(`${root}${folder}/package.json`, "utf8"));
    if (manifest.private) return [];
    return Object.entries(manifest.exports)
      .filter(([, target]) => target.types !== undefined)
      .map(([path, { types }]) => ({
        name: manifest.name + path.slice(1),
        source: `${folder}/${types.replace("./dist/", "src/").replace(/\.d\.ts$/, ".ts")}`,
      }));
  })
  .filter(({ name }) => !LEFT_OUT.includes(name));
