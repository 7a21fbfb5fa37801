import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { pythonWithBoto3 as findPython, skipUnless, TEST_NEEDS } from "@keywhen/test-servers";

type Describe = { readonly skip: unknown };

/** The Python of tests that `withBoto3` lets run. */
export const pythonWithBoto3 = findPython() ?? "no Python with boto3";

/** For tests that need one of these programs, as `withCeph` is for those that need a server. */
export function withProgram<D extends Describe>(
  describe: D,
  program: "aws" | "curl",
): D | D["skip"] {
  return skipUnless(describe, TEST_NEEDS[program]);
}

export function withBoto3<D extends Describe>(describe: D): D | D["skip"] {
  return skipUnless(describe, TEST_NEEDS.boto3);
}

/** Runs a program to its end and gives what it printed. Rejects with what it complained of if it fails. */
export async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input: string | Uint8Array = "",
): Promise<string> {
  const child = spawn(program, args, { env: { ...process.env, ...env } });
  child.stdin.on("error", () => {}); // it may end without reading
  child.stdin.end(input);
  const [printed, complained, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  if (status === 0) return printed;
  throw new Error(`${program} ${args.join(" ")} ended with ${status}: ${complained}`);
}
