import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The command as it is installed. */
export const KEYWHEN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of one's own, where `file:./data` is the store and nothing of this machine is known. */
export interface Workplace extends AsyncDisposable {
  readonly folder: string;
  /** Runs `keywhen`, with `input` as its pipe: in a process of its own, unless the workplace was opened otherwise. */
  run(args: readonly string[], input?: string | Uint8Array): Promise<Run>;
  /** Runs it in this environment besides. */
  runWith(env: Record<string, string>, args: readonly string[], input?: string): Promise<Run>;
  start(args: readonly string[], env?: Record<string, string>, stdio?: StdioOptions): ChildProcess;
  /** Makes the store's folder, without an event. */
  makeEmptySchedule(): Promise<void>;
  /** Every file that the store holds. */
  files(): readonly string[];
}

const MAKE_ALL = { recursive: true };

interface WorkplaceOptions {
  /** Runs commands in the process of the test, for what is the same there: not pipes, signals, terminals and the end. */
  readonly inProcess?: boolean;
}

export async function openWorkplace({
  inProcess = false,
}: WorkplaceOptions = {}): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-cli-"));
  const baseEnv = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    TZ: "Europe/Berlin",
    KEYWHEN_STORE: "file:./data",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const start: Workplace["start"] = (args, env = {}, stdio = "pipe") =>
    spawn(process.execPath, [KEYWHEN, ...args], {
      cwd: folder,
      env: { ...baseEnv, ...env },
      stdio,
    });
  const run = async (
    env: Record<string, string>,
    args: readonly string[],
    input: string | Uint8Array,
  ) => {
    if (!inProcess) return await finish(start(args, env), input);
    const { runInProcess } = await import("./run-in-process.js"); // loads the whole command
    return await runInProcess({ folder, env: { ...baseEnv, ...env }, args, input });
  };
  return {
    folder,
    start,
    runWith: (env, args, input = "") => run(env, args, input),
    run: (args, input = "") => run({}, args, input),
    makeEmptySchedule: async () => void (await mkdir(join(folder, "data/schedule"), MAKE_ALL)),
    files: () => filesIn(join(folder, "data")),
    // Retried: what a command gave up in the process of the test may still make a file.
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 10 }),
  };
}

/** Gives a started command its input and waits for its end. */
export async function finish(child: ChildProcess, input: string | Uint8Array = ""): Promise<Run> {
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error("started without pipes");
  stdin.on("error", () => {}); // it may end without reading
  stdin.end(input);
  const [said, complained, [exitCode]] = await Promise.all([
    text(stdout),
    text(stderr),
    once(child, "close"),
  ]);
  return { exitCode, stdout: said, stderr: complained };
}

function filesIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
