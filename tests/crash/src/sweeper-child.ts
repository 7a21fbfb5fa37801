import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { StorePlace } from "./store-place.js";

const SCRIPT = fileURLToPath(new URL("../dist/sweeper-process.js", import.meta.url));

/** What a sweeper process does, over and over, until it is stopped or killed. */
export interface SweeperJob {
  /** Distinguishes its copies from those of others. */
  readonly name: string;
  readonly place: StorePlace;
  readonly root: string;
  readonly whenHeld: "leave" | "wait";
  /** The pause after a sweep that found nothing to do. */
  readonly pauseMs: number;
  /** Where it posts events instead of copying them. @default nowhere */
  readonly receiver?: { readonly url: string; readonly secret: string } | undefined;
}

/** What a sweeper process reports: it is warm, and its first copy is confirmed. */
export type SweeperSays = "ready" | "delivered";

/** A sweeper process that is warm and waits for its start. */
export interface SweeperChild {
  readonly name: string;
  /** Resolves at its first confirmed copy, or when it has ended. */
  readonly start: () => Promise<void>;
  /** Ends it in the middle of its work. */
  readonly kill: () => Promise<void>;
  /** Lets it end its sweep in good order. */
  readonly stop: () => Promise<void>;
}

export async function startSweeper(job: SweeperJob): Promise<SweeperChild> {
  const child = fork(SCRIPT, [JSON.stringify(job)], {
    execArgv: [],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  });
  const ended = once(child, "exit");
  const fail = (code: unknown) => {
    throw new Error(`${job.name} ended with ${code}`);
  };
  const said = (wanted: SweeperSays) =>
    new Promise<void>((resolve) => {
      child.on("message", (message) => {
        if (message === wanted) resolve();
      });
    });
  const delivered = Promise.race([said("delivered"), ended]);
  await Promise.race([said("ready"), ended.then(([code]) => fail(code))]);
  return {
    name: job.name,
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
      if (code !== 0) fail(code);
    },
  };
}
