import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { entries, root } from "./entries.mjs";

const folder = mkdtempSync(join(tmpdir(), "keywhen-api-"));
afterAll(() => rmSync(folder, { recursive: true }));

function pagesIn(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".md"));
  return Object.fromEntries(
    files.sort().map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );
}

it("docs/api is what the code says: npm run api-docs writes it anew", () => {
  const write = fileURLToPath(new URL("write.mjs", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [write, folder], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  const pages = pagesIn(folder);
  expect(Object.keys(pages)).toEqual(
    expect.arrayContaining(entries.map(({ name }) => `${name}.md`)),
  );
  expect(pagesIn(`${root}docs/api`)).toEqual(pages);
});
