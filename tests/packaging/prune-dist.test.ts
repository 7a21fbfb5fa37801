import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ROOT } from "./public-packages.js";
import { run } from "./run.js";

/** A workspace with one package, and the files of two builds in its dist/. */
function workspace(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "keywhen-prune-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const part of [
    "tools",
    "apps",
    "packages/one/dist",
    "packages/one/src",
    "packages/inner/src",
  ]) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  cpSync(join(ROOT, "tools/prune-dist.mjs"), join(folder, "tools/prune-dist.mjs"));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

it("a package is packed without what an older build left in its dist/", async () => {
  const folder = workspace({
    "packages/one/src/index.ts": "",
    "packages/inner/src/type.ts": "",
    "packages/one/dist/index.js": 'import "./chunk-AAAAAAA1.js";',
    "packages/one/dist/chunk-AAAAAAA1.js": 'await import("./lazy-AAAAAAA2.js");',
    "packages/one/dist/lazy-AAAAAAA2.js": "",
    "packages/one/dist/index.d.ts": "",
    "packages/one/dist/server/main.js": 'import "./chunk-AAAAAAA3.js";',
    "packages/one/dist/server/chunk-AAAAAAA3.js": "",
    "packages/one/dist/server/chunk-BBBBBBB3.js": "",
    "packages/one/dist/inner/type.d.ts": "",
    "packages/one/dist/chunk-BBBBBBB1.js": 'import "./chunk-BBBBBBB2.js";',
    "packages/one/dist/chunk-BBBBBBB1.js.map": "{}",
    "packages/one/dist/chunk-BBBBBBB2.js": 'import "./chunk-BBBBBBB1.js";',
    "packages/one/dist/gone.d.ts": "",
    "packages/one/dist/inner/gone.d.ts": "",
  });
  await run(process.execPath, ["tools/prune-dist.mjs"], { cwd: folder });
  const left = readdirSync(join(folder, "packages/one/dist"), { recursive: true }).sort();
  expect(left).toEqual([
    "chunk-AAAAAAA1.js",
    "index.d.ts",
    "index.js",
    "inner",
    "inner/type.d.ts",
    "lazy-AAAAAAA2.js",
    "server",
    "server/chunk-AAAAAAA3.js",
    "server/main.js",
  ]);
});
