import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import type { Writable } from "node:stream";
import type { Duration } from "@keywhen/core";
import type {
  Destination,
  DestinationEvent,
  DestinationResult,
  OpenedEvent,
} from "@keywhen/core/destination";
import { commandEnvironment } from "./command-environment.js";
import { limitLines, onLines } from "./output-lines.js";
import { endWith, IN_OWN_GROUP, killGroup } from "./process-group.js";

export interface CommandOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @default "10m" */
  readonly timeout?: Duration | undefined;
  /** @default the number of processors */
  readonly concurrency?: number | undefined;
  /** Called with each of the first 1,000 lines that the program prints, on stdout or stderr. */
  readonly onOutput: (event: DestinationEvent, line: string) => void;
}

/** What a program left running may still print after its end. */
const LAST_OUTPUT_MS = 500;

/**
 * A destination that runs a command line of the shell for each event, with the payload on stdin and a description of the event
 * in its environment. Exit code 0 is delivered, anything else a failed try. Nothing of an event is part of the command line.
 */
export function command(line: string, options: CommandOptions): Destination {
  const { timeout = "10m", concurrency = availableParallelism() } = options;
  return {
    timeout,
    concurrency,
    async deliver(event, open, signal) {
      const opened = await open();
      if (signal.aborted) return { outcome: "failed", message: "stopped" };
      return run(line, { event, opened, signal, options });
    },
  };
}

interface Run {
  readonly event: DestinationEvent;
  readonly opened: OpenedEvent;
  readonly signal: AbortSignal;
  readonly options: CommandOptions;
}

async function run(
  line: string,
  { event, opened, signal, options }: Run,
): Promise<DestinationResult> {
  const env = commandEnvironment(options.env, event, opened);
  let child: ChildProcessWithoutNullStreams;
  try {
    child = spawn(line, { shell: true, stdio: "pipe", env, ...IN_OWN_GROUP });
  } catch (error) {
    // A key may contain a character that no variable can have.
    return { outcome: "failed", message: `the command could not start: ${String(error)}` };
  }
  endWith(child, signal);
  const { stdin, stdout, stderr } = child;
  let lastError = "";
  const print = limitLines((text) => options.onOutput(event, text));
  const flushOutput = onLines(stdout, print);
  const flushErrors = onLines(stderr, (text) => {
    lastError = text;
    print(text);
  });
  const closed = new Promise((resolve) => child.once("close", resolve));
  const ended = new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => resolve(`could not start: ${error.message}`));
    child.once("exit", (code, name) => {
      if (code === 0) resolve(undefined);
      else resolve(code === null ? `was ended by ${name}` : `exited with code ${code}`);
    });
  });
  const reader = opened.body.getReader();
  const fed = feed(stdin, reader).catch((error: unknown) => {
    // The program must not take the part that it has for the whole.
    if (!signal.aborted) killGroup(child);
    return { error };
  });
  const failure = await ended;
  stdin.destroy(); // it may have ended without reading everything
  await reader.cancel().catch(() => undefined);
  const broken = await fed;
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, LAST_OUTPUT_MS))]);
  flushOutput();
  flushErrors();
  for (const stream of [stdout, stderr]) stream.destroy();
  if (broken !== undefined && !signal.aborted) throw broken.error;
  if (failure === undefined) return { outcome: "delivered" };
  const why = lastError === "" ? "" : `: ${lastError}`;
  return { outcome: "failed", message: `the command ${failure}${why}` };
}

/** Writes a body to a program. Ends early if the program does not read it. Throws if the body breaks off. */
async function feed(
  stdin: Writable,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<undefined> {
  stdin.on("error", () => {}); // each write reports it
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const chunk = next.value;
    const error = await new Promise((resolve) => stdin.write(chunk, resolve));
    if (error) return undefined;
  }
  stdin.end();
  return undefined;
}
