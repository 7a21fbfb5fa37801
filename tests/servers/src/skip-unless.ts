import { appendFileSync } from "node:fs";
import { installCommand, TEST_NEEDS, type TestNeed } from "./test-needs.js";

interface Describe {
  readonly skip: unknown;
}

/** A skip as `npm test` reads it from the file that `TEST_SKIPS_FILE` names. */
interface RecordedSkip {
  readonly file: string;
  readonly need: string;
  readonly packages: readonly string[];
}

const printed = new Set<string>();

/**
 * `describe` (or `it`), or its `skip` if what the tests need is not on this machine. This is the only way to skip: each skip
 * is recorded for the end of `npm test`, which names what was missing. In CI (`CI` is set) it is an error.
 */
export function skipUnless<D extends Describe>(describe: D, need: TestNeed): D | D["skip"] {
  if (need.isThere()) return describe;
  const line = `Not tested without ${need.name}${need.packages.length > 0 ? `; on Debian: ${installCommand([need])}` : ""}`;
  if (process.env["CI"]) throw new Error(line);
  const file = process.env["TEST_SKIPS_FILE"];
  if (file) appendFileSync(file, `${JSON.stringify(recordOf(need))}\n`);
  else if (!printed.has(line)) process.stderr.write(`\n*** ${line}\n\n`);
  printed.add(line);
  return describe.skip;
}

/** For tests that need a Ceph gateway: `withCeph(describe)("…", …)`. */
export function withCeph<D extends Describe>(describe: D): D | D["skip"] {
  return skipUnless(describe, TEST_NEEDS.ceph);
}

function recordOf({ name, packages }: TestNeed): RecordedSkip {
  return { file: callingTestFile(new Error().stack ?? ""), need: name, packages };
}

/** The test file that called: the last in the stack, for others may have helped it. */
export function callingTestFile(stack: string): string {
  const frames = [
    ...stack.matchAll(/(?:\(|at )(?:file:\/\/)?(\/[^()\n]*\.test\.m?[jt]sx?):\d+:\d+/g),
  ];
  return frames.at(-1)?.[1] ?? "unknown";
}
