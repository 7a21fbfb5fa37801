import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../dist/receiver-process.js", import.meta.url));

export interface ReceiverJob {
  readonly port: number;
  readonly secret: string;
  /** Where it writes what it receives, one JSON line for each `ReceivedLine`. */
  readonly file: string;
}

/** What a receiver writes down. */
export type ReceivedLine =
  | {
      readonly type: "received";
      /** Of this receiver. */
      readonly number: number;
      readonly atMs: number;
      readonly id: string;
      readonly key: string;
      /** The sweeper that sent it. */
      readonly sweeper: string;
      readonly sha256: string;
      /** The library accepts its signature. */
      readonly isSigned: boolean;
    }
  /** Its answer was handed to the operating system. */
  | { readonly type: "answered"; readonly number: number; readonly atMs: number };

export interface ReceiverChild {
  /** Ends it in the middle of its work. */
  readonly kill: () => Promise<void>;
}

/** Starts a receiver. `onReceived` gets the key of each event, but not of all that come just before a kill. */
export async function startReceiver(
  job: ReceiverJob,
  onReceived: (key: string) => void,
): Promise<ReceiverChild> {
  const child = fork(SCRIPT, [JSON.stringify(job)], { execArgv: [] });
  const ended = once(child, "exit");
  const ready = new Promise<void>((resolve, reject) => {
    child.on("message", (message) =>
      message === "ready" ? resolve() : onReceived(String(message)),
    );
    void ended.then(([code]) => reject(new Error(`the receiver ended with ${code}`)));
  });
  await ready;
  return {
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
