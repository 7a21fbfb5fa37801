import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CostItem, monthlyCost } from "@keywhen/host/cost";
import { expect, it } from "vitest";
import { root } from "./pages.js";

const EVENTS = [1_000, 100_000, 10_000_000];

/** The items of `keywhen cost` that each row of the page adds up. */
const ROWS: Readonly<Record<string, readonly string[]>> = {
  "your PUT and keywhen's COPY": ["writing events", "copies to the targets"],
  "a LIST each minute": ["lists"],
  "lease and shard map, in sweeps that find something due": [
    "lease, writes",
    "lease and shard map, reads",
  ],
  "Lambda at 256 MB, its wake-ups and its log": [
    "Lambda, invocations",
    "Lambda, the sweeper",
    "waking the sweeper",
    "the sweeper's log",
  ],
  "storage for a day, and reading 1 kB at the target": [
    "storage while events wait",
    "reading payloads at the targets",
  ],
};

const page = readFileSync(join(root, "docs/deploy-aws.md"), "utf8");
const months = EVENTS.map((events) => monthlyCost({ events, freeTier: false }));

function rowOf(name: string): string[] {
  const line = page.split("\n").find((text) => text.startsWith(`| ${name} `));
  const cells = (line ?? "").split("|").map((cell) => cell.replaceAll("*", "").trim());
  return cells.slice(2, 2 + EVENTS.length);
}

const dollars = (amount: number) =>
  amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const sum = (items: readonly CostItem[]) => items.reduce((total, item) => total + item.dollars, 0);

it.each(Object.entries(ROWS))("the cost of %s is what keywhen cost calculates", (name, parts) => {
  const calculated = months.map(({ items }) =>
    dollars(sum(items.filter((item) => parts.includes(item.name)))),
  );
  expect(rowOf(name)).toEqual(calculated);
});

it("the page's rows leave out nothing that costs something", () => {
  const counted = new Set(Object.values(ROWS).flat());
  const costly = months.flatMap(({ items }) => items.filter((item) => item.dollars > 0));
  expect(costly.map((item) => item.name).filter((name) => !counted.has(name))).toEqual([]);
  expect(rowOf("**`plain`**")).toEqual(months.map(({ total }) => dollars(total)));
});
