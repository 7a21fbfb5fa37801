import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type RuntimeApi, startRuntimeApi } from "./runtime-api.js";

/** The built function in a new process, as Lambda runs it. */
export interface FunctionProcess {
  readonly api: RuntimeApi;
  /** What it wrote to standard output, line by line. */
  log(): string[];
  /** The last line, parsed. */
  lastLine(): unknown;
  /** What Lambda does between two invocations: nothing runs. */
  freeze(): void;
  thaw(): void;
  /** Ends it immediately. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** The program that fetches invocations and calls the handler: its arguments, and the environment it wants. */
export interface Runtime {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export const FUNCTION = fileURLToPath(new URL("../../dist/function/index.mjs", import.meta.url));
const LOOP = fileURLToPath(new URL("./runtime-loop.mjs", import.meta.url));
/** The SDK's notice about Node 20, which Lambda's runtimes have left behind. */
const QUIET = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

/** A plain loop over the Runtime API. */
export const loopRuntime: Runtime = { args: [LOOP, FUNCTION] };

/** Starts the function alone in a process, with this environment and nothing of ours. */
export async function startFunction(
  environment: Record<string, string>,
  runtime: Runtime = loopRuntime,
): Promise<FunctionProcess> {
  const api = await startRuntimeApi();
  const child = spawn(process.execPath, runtime.args, {
    env: {
      ...QUIET,
      ...runtime.env,
      ...environment,
      AWS_LAMBDA_RUNTIME_API: api.address,
      PATH: process.env["PATH"] ?? "",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.on("exit", () => api.functionEnded());
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const log = () => output.trim().split("\n");
  const end = async () => {
    child.kill("SIGKILL");
    await ended(child);
  };
  return {
    api,
    log,
    lastLine: () => JSON.parse(log().at(-1) ?? ""),
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    kill: end,
    async stop() {
      await end();
      await api.stop();
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}
