/**
 * The head and the rows of a table, as texts. A column is the name of what it shows of an item, or a function of the item.
 */
export function cellsOf(columns, items) {
  const cell = (item, column) => {
    const value = typeof column === "function" ? column(item) : item[column];
    return typeof value === "string" ? value : figure(value);
  };
  const rows = items.map((item) => Object.values(columns).map((column) => cell(item, column)));
  return [Object.keys(columns), ...rows];
}

/** Prints a table: the first column to the left, the others to the right. */
export function printTable(columns, items) {
  const rows = cellsOf(columns, items);
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    console.log(`  ${cells.join("   ")}`);
  }
}

/** The same in Markdown. */
export function markdownTable(columns, items) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const [head, ...rows] = cellsOf(columns, items);
  const rule = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [head, rule, ...rows].map(line).join("\n");
}

/** Three digits that count, and thousands apart: 0.0123, 4.56, 789, 12,345. */
export function figure(value) {
  if (value === undefined || Number.isNaN(value)) return "–";
  if (value === 0) return "0";
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  if (magnitude >= 2) return counted(Math.round(value));
  return value.toFixed(Math.min(6, 2 - magnitude));
}

export function counted(value) {
  return value.toLocaleString("en-US");
}
