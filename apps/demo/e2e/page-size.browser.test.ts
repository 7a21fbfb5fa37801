import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { measured } from "./measured.js";

const PAGE = fileURLToPath(new URL("../dist/page", import.meta.url));
const MOST_BYTES = 100_000;

describe("all files of the page", () => {
  it("are less than 100 kB gzipped, and name no other host", async () => {
    const entries = await readdir(PAGE, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const contents = await Promise.all(
      files.map(({ parentPath, name }) => readFile(join(parentPath, name))),
    );
    const bytes = contents.reduce((sum, content) => sum + gzipSync(content).length, 0);
    measured("the page, gzipped", `${(bytes / 1_000).toFixed(1)} kB`);
    expect(files.length).toBeGreaterThanOrEqual(3);
    expect(bytes).toBeLessThan(MOST_BYTES);
    const html = contents.filter((_, index) => files[index]?.name.endsWith(".html")).join("");
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });
});
