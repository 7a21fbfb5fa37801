import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

export interface Run {
  /** @default this process's own */
  readonly cwd?: string;
  /** On top of this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
}

/** Runs a program to its end and gives what it printed. Rejects with all that it said if it fails. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, env, input = "" }: Run,
): Promise<string> {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env } });
  child.stdin.on("error", () => {}); // it may end without reading
  child.stdin.end(input);
  const [printed, complained, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  if (status === 0) return printed;
  throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${printed}\n${complained}`);
}
