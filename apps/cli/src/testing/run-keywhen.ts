import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { ENDING_WITH_PARENT } from "@keywhen/test-servers";
import { afterEach, beforeEach } from "vitest";

/** The built command. */
export const KEYWHEN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Arguments, or a text of arguments without spaces. */
export type Words = string | readonly string[];

export function wordsOf(args: Words): readonly string[] {
  return typeof args === "string" ? args.split(" ") : args;
}

/** A folder where `file:./data` is the store, and an environment that does not depend on this machine. */
export interface Workplace extends AsyncDisposable {
  readonly folder: string;
  /** Runs `keywhen`, with `input` as its pipe: in a new process, unless the workplace was opened with `inProcess`. */
  run(args: Words, input?: string | Uint8Array): Promise<Run>;
  /** Runs it with additional variables. */
  runWith(env: Record<string, string>, args: Words, input?: string): Promise<Run>;
  start(args: Words, env?: Record<string, string>, stdio?: StdioOptions): ChildProcess;
  /** Creates the store's folder, without an event. */
  makeEmptySchedule(): Promise<void>;
  /** The names of all files in the store. */
  files(): readonly string[];
}

const MAKE_ALL = { recursive: true };

interface WorkplaceOptions {
  /** Runs commands in the process of the test. Not for pipes, signals, terminals and the end of the process. */
  readonly inProcess?: boolean;
}

/** Opens a workplace for each test of a file. */
export function useWorkplace(options: WorkplaceOptions = {}): Workplace {
  const place = {} as Workplace; // filled before each test
  beforeEach(async () => void Object.assign(place, await openWorkplace(options)));
  afterEach(() => place[Symbol.asyncDispose]());
  return place;
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
    spawn(process.execPath, [...ENDING_WITH_PARENT, KEYWHEN, ...wordsOf(args)], {
      cwd: folder,
      env: { ...baseEnv, ...env },
      stdio,
    });
  const run = async (env: Record<string, string>, args: Words, input: string | Uint8Array) => {
    if (!inProcess) return await finish(start(args, env), input);
    const { runInProcess } = await import("./run-in-process.js"); // loads the whole command
    const call = { folder, env: { ...baseEnv, ...env }, args: wordsOf(args), input };
    return await runInProcess(call);
  };
  return {
    folder,
    start,
    runWith: (env, args, input = "") => run(env, args, input),
    run: (args, input = "") => run({}, args, input),
    makeEmptySchedule: async () => void (await mkdir(join(folder, "data/schedule"), MAKE_ALL)),
    files: () => filesIn(join(folder, "data")),
    // Retried, because a command in the process of the test may still create a file.
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
