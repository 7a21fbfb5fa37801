import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { activeSweepers } from "@keywhen/core/internal";
import { openSchedule } from "@keywhen/host";
import { ENDING_WITH_PARENT } from "@keywhen/test-servers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EventPage } from "./api/events.js";
import { jsonOf } from "./testing/start-demo.js";

/** The server as `npm run demo` starts it. */
const MAIN = fileURLToPath(new URL("../dist/server/main.js", import.meta.url));

let folder: string;
const started: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "keywhen-demo-"));
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL")) {
      await once(child, "close");
    }
  }
  await rm(folder, { recursive: true, force: true });
});

function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [...ENDING_WITH_PARENT, MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, ...env },
  });
  started.push(child);
  let said = "";
  const address = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const found = /^ {2}(http:\S+)$/m.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("close", () => reject(new Error(`it ended: ${said}`)));
  });
  address.catch(() => {}); // some are to end
  let complained = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complained += text;
  });
  return { child, address, said: () => said, complained: () => complained };
}

async function eventsAt(address: string): Promise<EventPage["events"]> {
  const page = await jsonOf<EventPage>(await fetch(`${address}api/events`));
  return page.events;
}

describe("npm run demo", () => {
  it("fills its own new folder, and leaves it alone the next time", async () => {
    const first = start(["--no-sweep"]);
    const before = await eventsAt(await first.address);
    expect(before.map(({ to }) => to.key)).toContain("hello.txt");
    first.child.kill("SIGINT");
    await once(first.child, "close");
    const second = start(["--no-sweep"]);
    expect(await eventsAt(await second.address)).toEqual(before);
  });

  it("adds no examples to a store that the user names", async () => {
    const { address } = start(["--store", "file:./mine"]);
    expect(await eventsAt(await address)).toEqual([]);
  });

  it("ends by Ctrl-C within 5 s, with a page listening, and frees the lease", async () => {
    const { child, address, complained } = start(["--port", "0"]);
    const url = await address;
    const live = await fetch(`${url}api/live`);
    await live.body?.getReader().read();
    await using home = await openSchedule(`file:${join(folder, "keywhen-demo-data")}`, {});
    const { store, bucket, root } = home;
    await expect.poll(async () => (await activeSweepers({ store, bucket, root }))?.length).toBe(1);
    const begunMs = performance.now();
    child.kill("SIGINT");
    const [exitCode] = await once(child, "close");
    expect(performance.now() - begunMs).toBeLessThan(5_000);
    expect([exitCode, complained()]).toEqual([0, ""]);
    expect(await activeSweepers({ store, bucket, root })).toEqual([]);
  });

  it("takes the next port where its usual one is taken", async () => {
    const first = new URL(await start([]).address);
    const second = new URL(await start([]).address);
    expect(Number(second.port)).toBeGreaterThan(Number(first.port));
    expect([first.hostname, second.hostname]).toEqual(["127.0.0.1", "127.0.0.1"]);
  });

  it("asks for a token where it listens beyond loopback", async () => {
    const address = new URL(await start(["--host", "0.0.0.0", "--port", "0"]).address);
    expect(address.searchParams.get("token")).toMatch(/^[\w-]{32}$/);
    expect((await fetch(new URL("/api/state", address))).status).toBe(401);
    const headers = { authorization: `Bearer ${address.searchParams.get("token")}` };
    expect((await fetch(new URL("/api/state", address), { headers })).status).toBe(200);
  });

  it("prints no instruction to a terminal", async () => {
    const hostile = "\u001b]0;PWNED\u0007\u202e";
    const shown = "\\u001b]0;PWNED\\u0007\\u202e";
    const turned = start(["--port", "0", "--store", "file:./\u202edata"]);
    await turned.address;
    expect(turned.said()).toContain("Events wait in file:./\\u202edata, ");
    for (const args of [["--store", `file:${hostile}`], [`--${hostile}`], ["--poll", hostile]]) {
      const { child, complained } = start(args);
      await once(child, "close");
      expect(complained()).toContain(shown);
    }
  });

  it("continues when the reader of its output has closed it", async () => {
    const { child } = start(["--port", "0"]);
    child.stdout.destroy();
    child.stderr.destroy();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(child.exitCode).toBeNull();
  });

  it.each([
    [["--colour"], "unknown option '--colour'. See npm run demo -- --help.\n"],
    [["--prot", "80"], "unknown option '--prot'. Did you mean --port?\n"],
    [["--port", "80000"], "80000"],
    [["--store", "nosuch:x"], "nosuch:"],
  ])("says what is wrong with %s", async (args, part) => {
    const { child, complained } = start(args);
    const [exitCode] = await once(child, "close");
    expect(exitCode).toBe(2);
    expect(complained()).toContain(part);
    expect(complained()).toMatch(/^keywhen: .*\n$/);
  });
});
