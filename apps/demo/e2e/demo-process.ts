import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { fsStore } from "@keywhen/adapter-fs";
import type { ScheduleLocation } from "@keywhen/core";
import { ENDING_WITH_PARENT } from "@keywhen/test-servers";
import { afterAll, beforeAll } from "vitest";

const MAIN = fileURLToPath(new URL("../dist/server/main.js", import.meta.url));

/** A folder as the store of one test. */
export interface DemoFolder extends AsyncDisposable {
  readonly path: string;
  /** To schedule into it from outside of the page. */
  readonly home: ScheduleLocation;
}

export async function newFolder(): Promise<DemoFolder> {
  const path = await mkdtemp(join(tmpdir(), "keywhen-demo-"));
  const home: ScheduleLocation = {
    store: fsStore({ folder: path, createBuckets: true }),
    bucket: "schedule",
    guard: "0s",
  };
  return {
    path,
    home,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** The demo in a new process, as users start it. */
export interface DemoProcess extends AsyncDisposable {
  readonly url: string;
  readonly port: string;
  stop(): Promise<void>;
}

/** Starts the demo on a folder; with `args` as typed behind `npm run demo --`. */
export async function startDemo(
  folder: DemoFolder,
  ...args: readonly string[]
): Promise<DemoProcess> {
  const port = args.includes("--port") ? [] : ["--port", "0"];
  const child = spawn(
    process.execPath,
    [...ENDING_WITH_PARENT, MAIN, "--store", `file:${folder.path}`, ...port, ...args],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const url = await addressOf(child);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  };
  return { url, port: new URL(url).port, stop, [Symbol.asyncDispose]: stop };
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("The demo has no output.");
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/\S+/.exec(line)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error("The demo ended before it said where it listens.");
}

/** Runs the demo on a new folder for the tests of a file. `fill` prepares the folder. */
export function useDemo(
  fill: (folder: DemoFolder) => Promise<unknown> = async () => {},
  ...args: readonly string[]
): DemoProcess {
  const demo = {} as DemoProcess; // filled before the tests
  let folder: DemoFolder | undefined;
  beforeAll(async () => {
    folder = await newFolder();
    await fill(folder);
    Object.assign(demo, await startDemo(folder, ...args));
  });
  afterAll(async () => {
    await demo.stop?.();
    await folder?.[Symbol.asyncDispose]();
  });
  return demo;
}
