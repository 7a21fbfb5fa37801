import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { onPath, skipUnless } from "@keywhen/test-servers";

/** A Python that has boto3: the one that is found first, or Debian's, for which Debian's package is. */
const PYTHONS = ["python3", "/usr/bin/python3"];

const found = PYTHONS.find((python) => spawnSync(python, ["-c", "import boto3"]).status === 0);

/** Its name; a test that `withBoto3` lets run has one. */
export const pythonWithBoto3 = found ?? "no Python with boto3";

type Describe = { readonly skip: unknown };

/** For tests that need one of these programs, as `withCeph` is for those that need a server. */
export function withProgram<D extends Describe>(
  describe: D,
  program: "aws" | "curl",
): D | D["skip"] {
  const install = `apt-get install -y --no-install-recommends ${program === "aws" ? "awscli" : program}`;
  const line = `NOT TESTED with ${program}, which is not installed: ${install}`;
  return skipUnless(describe, onPath(program), line);
}

export function withBoto3<D extends Describe>(describe: D): D | D["skip"] {
  const install = "apt-get install -y --no-install-recommends python3-boto3";
  const line = `NOT TESTED with boto3, which no Python here has: ${install}`;
  return skipUnless(describe, found !== undefined, line);
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
