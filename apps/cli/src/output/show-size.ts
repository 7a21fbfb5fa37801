const UNITS = ["kB", "MB", "GB", "TB"];

/** `13 B`, `1.2 kB`, `300 MB`: at most three digits and a unit of 1,000s. */
export function showBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  let amount = bytes;
  let unit = "B";
  for (const next of UNITS) {
    if (amount < 999.5) break;
    amount /= 1_000;
    unit = next;
  }
  return `${amount < 9.95 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}

/** `1,204`. */
export function showCount(count: number): string {
  return count.toLocaleString("en-US");
}
