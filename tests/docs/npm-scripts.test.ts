import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./pages.js";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const contributing = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");

it("CONTRIBUTING.md describes every npm script", () => {
  const described = [...contributing.matchAll(/^\| `([\w:-]+)` \|/gm)].map(([, name]) => name);
  const own = Object.keys(scripts).filter((name) => name !== "prekeywhen");
  expect(described).toEqual(own);
});

it("there are at most 15 npm scripts", () => {
  expect(Object.keys(scripts).length).toBeLessThanOrEqual(15);
});
