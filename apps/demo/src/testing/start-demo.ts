import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScheduler, createSweeper, type Scheduler, type Sweeper } from "@keywhen/core";
import type { OpenedSchedule } from "@keywhen/core/store";
import { manualClock } from "@keywhen/core/testing";
import { openSchedule } from "@keywhen/host";
import { createSchedules, type Schedules } from "@keywhen/recurring";
import { afterEach, beforeEach } from "vitest";
import type { WaitingEvent } from "../api/events.js";
import { createApp } from "../app.js";
import { openDemo } from "../open-demo.js";
import type { DemoOptions } from "../options.js";
import { pageRoutes } from "../page-files.js";
import { serve } from "../serve.js";
import { type Listener, listen } from "./listen.js";

/** The whole server on a free port, with a new folder. */
export interface TestDemo extends AsyncDisposable {
  readonly url: string;
  /** Another program that uses the same schedule. */
  readonly scheduler: Scheduler;
  sweeper(allow?: readonly string[]): Sweeper;
  /** Recurring schedules, changed by a program whose clock shows this time. */
  schedulesAt(time: Date): Schedules;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** The JSON of an answer with any status. */
  call<T>(path: string, method?: string, body?: string): Promise<T>;
  schedule(
    query: Record<string, string>,
    body?: string | Uint8Array,
    type?: string,
  ): Promise<WaitingEvent>;
  listen(lastId?: string): Listener;
}

const DEFAULTS: Omit<DemoOptions, "storeUrl"> = {
  isOwnStore: false,
  adapter: undefined,
  allow: ["*"],
  isReadOnly: false,
  sweeps: false,
  poll: "200ms",
  host: "127.0.0.1",
  port: 0,
  isOpen: false,
  token: undefined,
  isOnAws: false,
};

/** Starts a demo for each test of a file or of a `describe`. */
export function useDemo(options: Partial<DemoOptions> = {}): TestDemo {
  const demo = {} as TestDemo; // filled before each test
  beforeEach(async () => void Object.assign(demo, await startDemo(options)));
  afterEach(() => demo[Symbol.asyncDispose]());
  return demo;
}

export async function startDemo(options: Partial<DemoOptions> = {}): Promise<TestDemo> {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-demo-"));
  const page = join(folder, "page");
  await mkdir(join(page, "assets"), { recursive: true });
  await writeFile(join(page, "index.html"), "<!doctype html><title>the page</title>");
  await writeFile(join(page, "assets/x.js"), "1;");
  const all = { ...DEFAULTS, storeUrl: `file:${join(folder, "data")}`, ...options };
  const opened = await openSchedule(all.storeUrl, process.env);
  const ending = new AbortController();
  const { signal } = ending;
  const demo = openDemo(opened, all);
  const app = createApp({ demo, page: await pageRoutes(page), token: all.token, ending: signal });
  const server = await serve(app, all);
  const running = demo.run(signal);
  const end = async () => {
    ending.abort();
    await running;
    await server[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  };
  return testDemo(`http://127.0.0.1:${server.port}`, opened, end);
}

function testDemo(url: string, opened: OpenedSchedule, end: () => Promise<void>): TestDemo {
  const { store, bucket, root } = opened;
  const home = { store, bucket, root };
  const fetchPath: TestDemo["fetch"] = (path, init) => fetch(url + path, init);
  return {
    url,
    fetch: fetchPath,
    scheduler: createScheduler(home),
    sweeper: (allowTargets = ["*"]) => createSweeper({ ...home, allowTargets, owner: "other" }),
    schedulesAt: (time) => createSchedules({ ...home, clock: manualClock(time) }),
    async call(path, method = "GET", body) {
      return jsonOf(await fetchPath(path, { method, body: body ?? null }));
    },
    async schedule(query, body = "", type = "text/plain") {
      const path = `/api/events?${new URLSearchParams(query)}`;
      const headers = { "content-type": type };
      const answer = await fetchPath(path, {
        method: "POST",
        body: new Blob([new Uint8Array(Buffer.from(body))]),
        headers,
      });
      return jsonOf(answer);
    },
    listen: (lastId) => listen(`${url}/api/live`, lastId),
    [Symbol.asyncDispose]: end,
  };
}

/** Returns an id for an address. */
export const inAddress = encodeURIComponent;

/** An answer's JSON, as what a test takes it for. */
export async function jsonOf<T>(answer: Response): Promise<T> {
  return JSON.parse(await answer.text());
}
