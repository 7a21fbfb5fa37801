import type { Verdict } from "./verdict.js";

const COLUMNS = [
  "scheduled",
  "unsure",
  "cancelled",
  "delivered",
  "lost",
  "duplicated",
  "dead",
  "faults",
] as const;

/** The verdicts as a table for people, with what was broken below. */
export function printVerdicts(verdicts: readonly Verdict[]): string {
  const rows = [
    ["", ...COLUMNS],
    ...verdicts.map((verdict) => [verdict.run, ...COLUMNS.map((column) => `${verdict[column]}`)]),
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join(" | "),
  );
  const broken = verdicts.flatMap(({ run, broken }) =>
    broken.map((line) => `BROKEN ${run}: ${line}`),
  );
  return `${[...lines, ...broken].join("\n")}\n`;
}
