import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { entries } from "../../tools/api-docs/entries.mjs";
import { brokenLinksOf } from "./links.js";
import { root } from "./pages.js";

const folder = mkdtempSync(join(tmpdir(), "keywhen-api-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("npm run api-docs writes a page for each entry of a package, without broken links", () => {
  const write = join(root, "tools/api-docs/write.mjs");
  const { status, stderr } = spawnSync(process.execPath, [write, folder], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".md"),
  );
  expect(pages.sort()).toEqual(["README.md", ...entries.map(({ name }) => `${name}.md`)].sort());
  const broken = pages.flatMap((page) =>
    brokenLinksOf(join(folder, page)).map((link) => `${page}: ${link}`),
  );
  expect(broken).toEqual([]);
}, 120_000);
