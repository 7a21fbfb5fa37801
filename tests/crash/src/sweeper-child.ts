import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { SweeperJob, SweeperSays } from "./sweeper-job.js";

const SCRIPT = fileURLToPath(new URL("../dist/sweeper-process.js", import.meta.url));

/** A sweeper process that is warm and waits for its start. */
export interface SweeperChild {
  readonly name: string;
  /** Resolves at its first confirmed copy, or when it has ended. */
  readonly start: () => Promise<void>;
  /** The messages of sweeps that failed as a whole. */
  readonly failures: readonly string[];
  /** Ends it in the middle of whatever it does. */
  readonly kill: () => Promise<void>;
  /** Lets it end its sweep in good order. */
  readonly stop: () => Promise<void>;
}

export async function startSweeper(job: SweeperJob): Promise<SweeperChild> {
  const child = fork(SCRIPT, [JSON.stringify(job)], {
    execArgv: [],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  });
  const failures: string[] = [];
  const ended = once(child, "exit");
  const delivered = Promise.race([said(child, "delivered"), ended]);
  child.on("message", (message: SweeperSays) => {
    if (message.type === "failed") failures.push(message.message);
  });
  await Promise.race([said(child, "ready"), ended.then(([code]) => failed(job, code))]);
  return {
    name: job.name,
    failures,
    start: async () => {
      child.send("start");
      await delivered;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    stop: async () => {
      if (child.connected) child.send("stop");
      const [code] = await ended;
      if (code !== 0) failed(job, code);
    },
  };
}

function said(child: ChildProcess, type: SweeperSays["type"]): Promise<void> {
  return new Promise((resolve) => {
    child.on("message", (message: SweeperSays) => {
      if (message.type === type) resolve();
    });
  });
}

function failed({ name }: SweeperJob, code: unknown): never {
  throw new Error(`${name} ended with ${code}`);
}
