// Run in a package's folder after its build: copies the type declarations of the private packages that are bundled into it to
// dist/, and makes all declarations there import the copies. tsup does the same for the JavaScript.
//   node ../../tools/bundle-declarations.mjs @keywhen/s3-protocol @keywhen/adapter-kit
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

const names = process.argv.slice(2);
if (names.length === 0) {
  throw new Error("Name the private packages, for example @keywhen/s3-protocol.");
}
const dist = resolve("dist");

for (const name of names) {
  const source = dirname(createRequire(join(dist, "index.js")).resolve(name));
  for (const file of declarationsIn(source)) cpSync(join(source, file), join(copyOf(name), file));
}
for (const file of declarationsIn(dist)) importTheCopies(join(dist, file));

function copyOf(name) {
  return join(dist, name.split("/").at(-1));
}

function declarationsIn(folder) {
  return readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".d.ts"));
}

function importTheCopies(file) {
  const text = readFileSync(file, "utf8");
  const changed = names.reduce(
    (current, name) => current.replaceAll(`"${name}"`, `"${specifierOf(name, file)}"`),
    text,
  );
  if (changed !== text) writeFileSync(file, changed);
}

function specifierOf(name, file) {
  const path = relative(dirname(file), join(copyOf(name), "index.js")).replaceAll("\\", "/");
  return path.startsWith(".") ? path : `./${path}`;
}
