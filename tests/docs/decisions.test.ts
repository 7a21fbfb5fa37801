import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./pages.js";

const folder = join(root, "docs/decisions");

it("lists every decision by its number and title, newest last", () => {
  const files = readdirSync(folder).filter((file) => /^\d{4}-.*\.md$/.test(file));
  const expected = files.sort().map((file) => {
    const [heading = ""] = readFileSync(join(folder, file), "utf8").split("\n");
    const [, number, title] = /^# (\d+)\. (.*)$/.exec(heading) ?? [];
    return `* ${number}: [${title}](${file})`;
  });
  const index = readFileSync(join(folder, "README.md"), "utf8");
  expect(index.split("\n").filter((line) => line.startsWith("* "))).toEqual(expected);
});
