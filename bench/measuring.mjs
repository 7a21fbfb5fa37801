// What benchmarks share: their options, times, rounds in turns, medians and child processes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";

export const DAY_MS = 86_400_000;

/** Reads options from the arguments; each has the type of its default. */
export function optionsFrom(args, defaults) {
  const options = Object.entries(defaults).map(([name, value]) => [
    name,
    typeof value === "boolean"
      ? { type: "boolean", default: value }
      : { type: "string", default: String(value) },
  ]);
  const { values } = parseArgs({ args, options: Object.fromEntries(options) });
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof defaults[name] === "number" ? Number(value) : value,
    ]),
  );
}

/** Measures work on this many events: the rate, and what each costs this process. */
export async function timed(count, work) {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  await work();
  const ms = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpu);
  return {
    ms,
    perSecond: (count / ms) * 1_000,
    cpuUs: (user + system) / count,
    systemUs: system / count,
  };
}

/** Measures each name once a round, in the opposite order in every other round. Returns a result by name for each round. */
export async function inTurns(rounds, names, measure) {
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const result = {};
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      result[name] = await measure(name, round);
    }
    results.push(result);
  }
  return results;
}

export function median(values) {
  return ascending(values)[Math.floor(values.length / 2)];
}

/** The median of each number that the results have. */
export function medians(results) {
  const keys = Object.keys(results[0] ?? {}).filter((key) => typeof results[0][key] === "number");
  return Object.fromEntries(keys.map((key) => [key, median(results.map((one) => one[key]))]));
}

export function ascending(values) {
  return values.toSorted((left, right) => left - right);
}

/** The value below which this share of ascending values is. */
export function atShare(values, share) {
  return values[Math.max(0, Math.ceil(share * values.length) - 1)];
}

export function sum(values) {
  return Object.values(values).reduce((total, value) => total + value, 0);
}

export async function forEach(items, concurrency, work) {
  let next = 0;
  const worker = async () => {
    while (next < items.length) await work(items[next++]);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

export function batches(items, size) {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

export function numbersTo(count) {
  return Array.from({ length: count }, (_, index) => index);
}

export function instant(offsetMs) {
  return new Date(Date.now() + offsetMs).toISOString();
}

/** A promise that resolves when `one` has been called this many times; `fail` rejects it. */
export function countdown(count) {
  let left = count;
  const made = {};
  made.promise = new Promise((resolve, reject) => {
    made.fail = reject;
    made.one = () => {
      left -= 1;
      if (left === 0) resolve();
    };
  });
  return made;
}

/** Runs Node in a new process, and returns the JSON that it prints. */
export async function printedBy(args, env = process.env) {
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    printed += text;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
  return JSON.parse(printed);
}
