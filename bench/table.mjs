/** Prints rows of cells under a head: the first column to the left, the others to the right. */
export function printTable(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  for (const row of all) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    console.log(`  ${cells.join("   ")}`);
  }
}

/** Three digits that count, and thousands apart: 0.0123, 4.56, 789, 12,345. */
export function figure(value) {
  if (value === undefined || Number.isNaN(value)) return "–";
  if (value === 0) return "0";
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  if (magnitude >= 2) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(Math.min(6, 2 - magnitude));
}
