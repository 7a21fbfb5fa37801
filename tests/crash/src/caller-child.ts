import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { PutRecord } from "./names/put-record.js";
import type { StorePlace } from "./store-place.js";

const SCRIPT = fileURLToPath(new URL("../dist/caller-process.js", import.meta.url));

/** What the callers of a process do. */
export interface CallerJob {
  readonly place: StorePlace;
  readonly root: string;
  /** What they all put events under. */
  readonly name: string;
  /** Distinguishes what they put from what others put. */
  readonly process: string;
  readonly puts: number;
  readonly atOnce: number;
  /** Where they write what they begin and what they are answered, one JSON line each. */
  readonly file: string;
}

export type CallerLine =
  | { readonly content: string; readonly beganMs: number }
  | {
      readonly content: string;
      readonly endedMs: number;
      readonly id?: string;
      readonly replaced?: string | undefined;
      readonly error?: string;
    };

export interface CallerChild {
  /** Resolves when it has put all of its events, or was killed. */
  readonly ended: Promise<void>;
  /** Resolves when it has written this many lines, or has ended. */
  readonly hasWritten: (lines: number) => Promise<void>;
  /** Resolves when it has stored an event and not yet deleted the earlier one. */
  readonly hasStored: () => Promise<void>;
  /** Ends it in the middle of its work. */
  readonly kill: () => Promise<void>;
  /** What its callers did; call it when it has ended. */
  readonly records: () => readonly PutRecord[];
}

export function startCallers(job: CallerJob): CallerChild {
  const child = fork(SCRIPT, [JSON.stringify(job)], {
    execArgv: [],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  });
  let lines = 0;
  let killedMs = Number.POSITIVE_INFINITY;
  child.on("message", (message) => {
    if (message === "written") lines += 1;
  });
  const ended = once(child, "exit").then(([code]) => {
    if (code !== 0 && killedMs === Number.POSITIVE_INFINITY) {
      throw new Error(`${job.process} ended with ${code}`);
    }
  });
  return {
    ended,
    async hasWritten(wanted) {
      let isOver = false;
      const over = ended.then(() => {
        isOver = true;
      });
      while (lines < wanted && !isOver) {
        await Promise.race([once(child, "message").catch(() => {}), over]);
      }
    },
    async hasStored() {
      for (let message: unknown; message !== "stored"; ) [message] = await once(child, "message");
    },
    async kill() {
      killedMs = Date.now();
      child.kill("SIGKILL");
      await ended;
      killedMs = Date.now();
    },
    records: () => recordsIn(job.file, killedMs),
  };
}

/** Pairs the lines of each put. One without an end was killed. */
function recordsIn(file: string, killedMs: number): readonly PutRecord[] {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = text
    .split("\n")
    .filter((line) => line.endsWith("}")) // the last one may be cut off
    .map((line) => JSON.parse(line) as CallerLine);
  return lines.flatMap((line) => {
    if (!("beganMs" in line)) return [];
    const { content, beganMs } = line;
    const end = lines.find((other) => other.content === content && "endedMs" in other);
    const { endedMs, id, replaced } = end && "endedMs" in end ? end : { endedMs: killedMs };
    return [{ content, beganMs, endedMs, put: id === undefined ? undefined : { id, replaced } }];
  });
}
