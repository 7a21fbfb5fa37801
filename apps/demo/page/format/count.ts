const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

/** `5,000` */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 event`, `5,000 events` */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** `12 bytes`, `1.4 kB` */
export function bytes(size: number): string {
  if (size < 1_000) return size === 1 ? "1 byte" : `${size} bytes`;
  const power = Math.min(Math.floor(Math.log10(size) / 3), UNITS.length - 1);
  const value = size / 1_000 ** power;
  return `${Number(value.toFixed(value < 10 ? 1 : 0))} ${UNITS[power]}`;
}

/** `$0.0042`: as many digits as small sums need. */
export function dollars(sum: number): string {
  if (sum === 0) return "$0";
  const digits = sum >= 1 ? 2 : Math.min(8, 1 - Math.floor(Math.log10(sum)));
  return `$${sum.toFixed(digits)}`;
}
