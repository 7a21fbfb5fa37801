import { UsageError } from "@keywhen/host";

const COUNT = /^(?<amount>\d+(?:\.\d+)?)(?<unit>k|m|b|g)?$/i;
const SIZE = /^(?<amount>\d+(?:\.\d+)?) ?(?<unit>b|kb|mb|gb)?$/i;
const COUNT_UNITS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9, g: 1e9 };
const SIZE_UNITS: Readonly<Record<string, number>> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9 };

/** Reads `1000`, `1,000`, `20k`, `1.5M`, `2B`; throws a `UsageError` that names the option. */
export function readCount(option: string, text: string): number {
  return readAmount(text.replaceAll(",", ""), COUNT, COUNT_UNITS, () => {
    throw new UsageError(
      `${option} must be a number (got "${text}").`,
      "For example 1000, 20k or 1.5M.",
    );
  });
}

/** Reads a size in bytes: `512`, `13 B`, `1.2kB`, `5MB`; throws a `UsageError` that names the option. */
export function readBytes(option: string, text: string): number {
  return readAmount(text, SIZE, SIZE_UNITS, () => {
    throw new UsageError(
      `${option} must be a size (got "${text}").`,
      "For example 512, 1.2kB or 5MB.",
    );
  });
}

function readAmount(
  text: string,
  pattern: RegExp,
  units: Readonly<Record<string, number>>,
  refuse: () => never,
): number {
  const { amount, unit = "" } = pattern.exec(text)?.groups ?? {};
  if (amount === undefined) return refuse();
  return Number(amount) * (units[unit.toLowerCase()] ?? 1);
}
