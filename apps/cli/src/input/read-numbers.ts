import { UsageError } from "@keywhen/host";

const COUNT = /^(?<amount>\d+(?:\.\d+)?)(?<unit>k|m|b|g)?$/i;
const SIZE = /^(?<amount>\d+(?:\.\d+)?) ?(?<unit>b|kb|mb|gb)?$/i;
const COUNT_UNITS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9, g: 1e9 };
const SIZE_UNITS: Readonly<Record<string, number>> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9 };

/** Reads `1000`, `1,000`, `20k`, `1.5M`, `2B`. */
export function readCount(option: string, text: string): number {
  const count = readAmount(text.replaceAll(",", ""), COUNT, COUNT_UNITS);
  if (count !== undefined) return count;
  const example = "For example 1000, 20k or 1.5M.";
  throw new UsageError(`${option} must be a number (got "${text}").`, example);
}

/** Reads a size in bytes: `512`, `13 B`, `1.2kB`, `5MB`. */
export function readBytes(option: string, text: string): number {
  const bytes = readAmount(text, SIZE, SIZE_UNITS);
  if (bytes !== undefined) return bytes;
  const example = "For example 512, 1.2kB or 5MB.";
  throw new UsageError(`${option} must be a size (got "${text}").`, example);
}

function readAmount(
  text: string,
  pattern: RegExp,
  units: Readonly<Record<string, number>>,
): number | undefined {
  const { amount, unit = "" } = pattern.exec(text)?.groups ?? {};
  return amount === undefined ? undefined : Number(amount) * (units[unit.toLowerCase()] ?? 1);
}

/** Reads `--limit`. Without it, there is no limit. */
export function readLimit(text: string | undefined): number {
  const limit = text === undefined ? Number.POSITIVE_INFINITY : Number(text);
  if (text === undefined || (Number.isSafeInteger(limit) && limit >= 1)) return limit;
  throw new UsageError(`--limit must be a whole number from 1 (got "${text}").`);
}

export function readShardNumber(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 256) return number;
  const message = `The number of shards must be from 0 to 256 (got "${text}").`;
  throw new UsageError(message, "0 means no shards.");
}

export function readPort(option: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(
    `${option} must be a port number up to 65535 (got "${text}").`,
    "0 takes any free port.",
  );
}
