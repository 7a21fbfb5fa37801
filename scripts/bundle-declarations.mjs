// Run in a package's folder after its build: copies the type declarations of a private package that is bundled into it to
// dist/, and makes the package's own declarations import the copy. tsup does the same for the JavaScript.
//   node ../../scripts/bundle-declarations.mjs @keywhen/s3-protocol
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

const [name] = process.argv.slice(2);
if (name === undefined)
  throw new Error("Name the private package, for example @keywhen/s3-protocol.");
const dist = resolve("dist");
const source = dirname(createRequire(join(dist, "index.js")).resolve(name));
const copy = join(dist, name.split("/").at(-1));

for (const file of declarationsIn(source)) cpSync(join(source, file), join(copy, file));
for (const file of declarationsIn(dist)) importTheCopy(join(dist, file));

function declarationsIn(folder) {
  return readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".d.ts"));
}

function importTheCopy(file) {
  const path = relative(dirname(file), join(copy, "index.js")).replaceAll("\\", "/");
  const specifier = path.startsWith(".") ? path : `./${path}`;
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replaceAll(`"${name}"`, `"${specifier}"`));
}
