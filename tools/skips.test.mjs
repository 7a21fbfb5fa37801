import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const SILENT = /\b(?:describe|it|test)\.(?:skip|skipIf|runIf|todo|only)\b/;

it("no test is skipped but by skipUnless(), which gives a reason", () => {
  const silent = testsIn(ROOT).filter((file) => SILENT.test(readFileSync(file, "utf8")));
  expect(silent).toEqual([]);
});

function testsIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") && name !== "node_modules" && name !== "dist")
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return testsIn(path);
      return /\.test\.m?tsx?$|\.test\.mjs$/.test(path) ? [path] : [];
    });
}
