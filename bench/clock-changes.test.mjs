import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { clockChanges, dailyRow } from "./clock-changes.mjs";

const guide = readFileSync(new URL("../docs/guides/recurring.md", import.meta.url), "utf8");

it.each(["America/New_York", "Europe/Berlin", "America/Nuuk"])(
  "finds at the changes of the clocks in %s what the guide shows",
  (zone) => {
    const rows = clockChanges(zone, 2026).map(
      (change) => `| ${dailyRow(zone, change).join(" | ")} |`,
    );
    expect(rows).toHaveLength(2);
    expect(guide).toContain(rows[0]);
    expect(guide).toContain(rows[1]);
  },
  120_000,
);
