import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { open as openFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { open } from "@keywhen/adapter-fs/url";
import { createScheduler } from "@keywhen/core";
import { FULL_DISK, skipUnless } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { finish, useWorkplace, type Words } from "../testing/run-keywhen.js";

const place = useWorkplace();

/** An id without an event. */
const GONE = "2096-11-25T08:00:00.000Z|reminders|42.json|order-42";

async function scheduleMany(count: number): Promise<void> {
  const scheduler = createScheduler(await open(`file:${place.folder}/data`, {}));
  const events = Array.from({ length: count }, (_, index) => ({
    in: "1h" as const,
    to: { bucket: "out", key: `${index}` },
  }));
  await scheduler.scheduleMany(events);
}

describe("keywhen list --ids | keywhen cancel -", () => {
  it("cancels the listed events", async () => {
    await scheduleMany(40);
    const lister = place.start(["list", "--ids"]);
    const canceller = place.start(["cancel", "-", "--json"]);
    if (!canceller.stdin) throw new Error("no pipe");
    lister.stdout?.pipe(canceller.stdin);
    const [printed, end] = await Promise.all([textOf(canceller.stdout), endOf(canceller)]);
    expect(end).toEqual({ exitCode: 0, stderr: "" });
    expect(printed.trim().split("\n")).toHaveLength(40);
    expect((await place.run(["list", "--ids"])).stdout).toBe("");
  });

  it("exits 6 if only some could be cancelled, and skips a wrong line", async () => {
    await scheduleMany(2);
    const { stdout } = await place.run(["list", "--ids"]);
    const run = await place.run(["cancel", "-"], `nonsense\n\n${GONE}\n${stdout}`);
    expect(run.exitCode).toBe(6);
    expect(run.stderr).toContain(`'${GONE}'`);
    expect(run.stderr).toContain('"nonsense"');
    expect((await place.run(["list", "--ids"])).stdout).toBe("");
  });

  it("exits 3 if no event waits, 0 without ids", async () => {
    await place.makeEmptySchedule();
    expect(await place.run(["cancel", "-"], `${GONE}\n`)).toMatchObject({ exitCode: 3 });
    expect(await place.run(["cancel", "-"], "")).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });
});

describe("keywhen list | head", () => {
  it("ends quietly when the reader closes the pipe", async () => {
    await scheduleMany(600);
    const child = place.start(["list", "--json"]); // about 110 kB: more than a pipe holds
    child.stdout?.once("data", () => child.stdout?.destroy());
    expect(await endOf(child)).toEqual({ exitCode: 0, stderr: "" });
  });
});

/** Runs a command with a stdout that can't be written to, as on a full disk. */
async function runOnFullDisk(args: Words) {
  const full = await openFile("/dev/full", "w");
  const child = place.start(args, {}, ["ignore", full.fd, "pipe"]);
  const end = await endOf(child);
  await full.close();
  return end;
}

skipUnless(describe, FULL_DISK)("keywhen > a full disk", () => {
  const cannotWrite = "keywhen: Can't write to stdout: ENOSPC: no space left on device, write.\n";
  const future = ["--at", "2096-11-25T08:00Z", "--to", "reminders/42.json", "--body", "x"];

  it("exits 8 and prints on stderr what it has stored", async () => {
    const run = await runOnFullDisk(["schedule", ...future, "-q"]);
    const id = (await place.run(["list", "--ids"])).stdout;
    expect(run).toEqual({ exitCode: 8, stderr: `${cannotWrite}${id}` });
    const json = await runOnFullDisk(["reschedule", id.trim(), "--in", "1h", "--json"]);
    const [failure = "", result = ""] = json.stderr.split("\n");
    expect(json.exitCode).toBe(8);
    expect(JSON.parse(failure)).toMatchObject({ error: { code: "unexpected" } });
    const newId = (await place.run(["list", "--ids"])).stdout.trim();
    expect(JSON.parse(result)).toMatchObject({ outcome: "rescheduled", id: newId });
  });

  it("keeps the exit code of what was not done", async () => {
    expect(await runOnFullDisk(["cancel", GONE])).toMatchObject({ exitCode: 3 });
  });

  it("exits 1 if a list can't be printed", async () => {
    await place.run(["schedule", ...future]);
    expect(await runOnFullDisk(["list"])).toEqual({ exitCode: 1, stderr: cannotWrite });
  });

  it.each([
    "--version",
    "--help",
    "help list",
    "dead redrive --help",
    "completion bash",
    "decode 2096-11-25T08:00:00.000Z|a|b|x",
    "key --in 10m --to a/b",
    "cost --events 1000",
  ])("exits 1 if it can't print for %s", async (args) => {
    expect(await runOnFullDisk(args)).toEqual({ exitCode: 1, stderr: cannotWrite });
  });

  it("keeps delivering, and exits 1 at its end", async () => {
    for (const at of ["+1s", "+2s"]) {
      await place.run(["schedule", "--at", at, "--to", "out/k", "--body", "x"]);
    }
    const run = await runOnFullDisk(["run", "--for", "3s", "--poll", "200ms"]);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(cannotWrite);
    expect(run.stderr).toContain(": 2 delivered");
  });
});

describe("keywhen run | head", () => {
  it("ends with the next line after the reader has closed the pipe", async () => {
    for (const at of ["+2s", "+3s", "+4s", "+5s"]) {
      await place.run(["schedule", "--at", at, "--to", "out/k", "--body", "x"]);
    }
    for (const flags of [[], ["--json"]]) {
      const child = place.start(["run", "-q", "--poll", "200ms", ...flags]);
      child.stdout?.once("data", () => child.stdout?.destroy());
      expect(await endOf(child)).toEqual({ exitCode: 0, stderr: "" });
    }
  });
});

describe("keywhen --help | head", () => {
  it("ends quietly without a reader", async () => {
    const child = place.start(["--help"]);
    child.stdout?.destroy();
    expect(await endOf(child)).toEqual({ exitCode: 0, stderr: "" });
  });
});

describe("a payload from a pipe", () => {
  it("arrives whole when it is too large to be held", async () => {
    const payload = Buffer.alloc(
      10_000_000,
      Uint8Array.from({ length: 251 }, (_, byte) => byte),
    );
    const child = place.start(["schedule", "--at", "2026-01-01T00:00Z", "--to", "out/x", "-q"]);
    const { exitCode, stdout } = await finish(child, payload);
    expect(exitCode).toBe(0);
    const shower = place.start(["show", stdout.trim(), "--body"]);
    expect((await buffer(shower.stdout ?? Readable.from([]))).equals(payload)).toBe(true);
  });
});

/** Waits for the end of a command. */
async function endOf(child: ChildProcess) {
  const [stderr, [exitCode]] = await Promise.all([textOf(child.stderr), once(child, "close")]);
  return { exitCode, stderr };
}

function textOf(stream: Readable | null): Promise<string> {
  return text(stream ?? Readable.from([]));
}
