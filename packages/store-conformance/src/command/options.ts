import { parseArgs } from "node:util";

export const USAGE = `store-conformance MODULE --store URL --buckets A,B

Proves the store that MODULE opens, and prints what it can do. MODULE exports open(url, env), as keywhen's
adapters do in their /url. The two buckets must exist; only conformance-<random>/ in them is touched.

  npx @keywhen/store-conformance ./my-store.mjs --store 'sqlite:./proof.db?buckets=a,b' --buckets a,b

Exit codes: 0 every promise holds, 1 one is broken, 2 usage, or a store that doesn't answer or has no such bucket,
or a stdout that can't be written to.`;

export interface CommandOptions {
  readonly module: string;
  readonly url: string;
  readonly buckets: readonly [string, string];
}

/** A text says what is wrong. */
export function readOptions(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): CommandOptions | string {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { store: { type: "string" }, buckets: { type: "string" } },
  });
  const [module, ...more] = positionals;
  if (module === undefined || more.length > 0)
    return "give one module that exports open(url, env).";
  const url = values.store ?? env["KEYWHEN_STORE"];
  if (!url) return "which store? Give --store URL, which the module's open() gets.";
  const [first, second, ...others] = (values.buckets ?? "").split(",");
  if (!first || !second || first === second || others.length > 0) {
    return "which buckets? Give --buckets A,B: two that exist.";
  }
  return { module, url, buckets: [first, second] };
}
