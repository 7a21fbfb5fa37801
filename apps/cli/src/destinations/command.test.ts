import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DestinationEvent, OpenedEvent } from "@keywhen/core/destination";
import { ObjectStoreError } from "@keywhen/core/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isRunning } from "../testing/is-running.js";
import { command } from "./command.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keywhen-command-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const EVENT: DestinationEvent = {
  id: "2026-12-24T09:00:00.000Z|jobs|a/é $(x).txt|order 42",
  deliveryId: "order 42",
  dueAt: new Date("2026-12-24T09:00Z"),
  expiresAt: undefined,
  destination: "jobs",
  key: "a/é $(x).txt",
  size: 7,
  mayBeRepeat: false,
};

const written = (name: string) => readFileSync(join(folder, name), "utf8");
async function pidIn(name: string): Promise<number> {
  while (!existsSync(join(folder, name)) || written(name) === "") await sleep(10);
  return Number(written(name));
}

interface Given {
  readonly body?: string | ReadableStream<Uint8Array>;
  readonly opened?: Partial<OpenedEvent>;
  readonly env?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** Runs a command line for an event, in the test's folder; returns the result, and the lines that it printed. */
async function run(line: string, given: Given = {}) {
  const { body = "payload", signal = new AbortController().signal } = given;
  const lines: string[] = [];
  const env = { PATH: process.env["PATH"] ?? "", FOLDER: folder, ...given.env };
  const onOutput = (_: DestinationEvent, text: string) => void lines.push(text);
  const open = async () => ({
    size: 7,
    contentType: undefined,
    contentEncoding: undefined,
    cacheControl: undefined,
    metadata: {},
    body: typeof body === "string" ? new Blob([body]).stream() : body,
    ...given.opened,
  });
  const destination = command(`cd "$FOLDER"\n${line}`, { env, onOutput });
  return { result: await destination.deliver(EVENT, open, signal), lines };
}

describe("command()", () => {
  it("passes the payload on stdin, and describes the event in the environment", async () => {
    const env = {
      KEYWHEN_STORE: "file:./data",
      KEYWHEN_META_STALE: "x",
      KEYWHEN_WEBHOOK_SECRET: "whsec_1",
      KEYWHEN_WEBHOOK_SECRET_HOOKS: "whsec_2",
    };
    const opened = { contentType: "text/x", metadata: { user: "42", "order-id": "7 b" } };
    const { result } = await run("cat > body; env | grep ^KEYWHEN_ | sort > env", { env, opened });
    expect(result).toEqual({ outcome: "delivered" });
    expect(written("body")).toBe("payload");
    expect(written("env").trimEnd().split("\n")).toEqual([
      "KEYWHEN_BUCKET=jobs",
      "KEYWHEN_CONTENT_TYPE=text/x",
      "KEYWHEN_DELIVERY_ID=order 42",
      "KEYWHEN_DUE_AT=2026-12-24T09:00:00.000Z",
      "KEYWHEN_KEY=a/é $(x).txt",
      "KEYWHEN_META_ORDER_ID=7 b",
      "KEYWHEN_META_USER=42",
      "KEYWHEN_STORE=file:./data",
    ]);
  });

  it("passes on each line of output, also an unfinished one, and cuts long ones", async () => {
    const { lines } = await run(
      "printf 'a\\r\\n\\n10%%\\r20%%\\nlast'; head -c 5000 /dev/zero | tr '\\0' x >&2",
    );
    expect(lines.sort()).toEqual(["10%", "20%", "a", "last", "x".repeat(1_000)]);
  });

  it("passes on the first 1,000 lines, and fails with the last one", async () => {
    const { result, lines } = await run("seq 1 700; seq 701 50000 >&2; exit 3");
    expect(lines).toHaveLength(1_001);
    expect(lines.at(-1)).toMatch(/^… more than 1,000 lines: the rest is left out/);
    expect(result).toMatchObject({ message: "the command exited with code 3: 50000" });
  });

  it.each([
    ["echo out; echo 'no space left' >&2; exit 3", "the command exited with code 3: no space left"],
    ["exit 1", "the command exited with code 1"],
    ["kill -9 $$", "the command was ended by SIGKILL"],
  ])("fails after %s", async (line, message) => {
    expect((await run(line)).result).toEqual({ outcome: "failed", message });
  });

  it("fails if the command is missing", async () => {
    expect((await run("./missing.sh")).result).toMatchObject({
      outcome: "failed",
      message: expect.stringMatching(/^the command exited with code 127: .*not found/),
    });
  });

  it("fails if an event can't be described in an environment", async () => {
    const { result } = await run("true", { opened: { contentType: "a\0b" } });
    expect(result).toMatchObject({ outcome: "failed", message: expect.stringContaining("null") });
  });

  it("delivers to a command that reads nothing of a large payload, and to one that reads it", async () => {
    const body = "0123456789abcdef".repeat(100_000);
    expect((await run("true", { body })).result).toEqual({ outcome: "delivered" });
    expect((await run("wc -c > size", { body })).result).toEqual({ outcome: "delivered" });
    expect(Number(written("size"))).toBe(body.length);
  });

  it("ends the command with all that it has started when its signal aborts", async () => {
    const ending = new AbortController();
    const running = run("sleep 60 & echo $! > pid; wait", { signal: ending.signal });
    const pid = await pidIn("pid");
    ending.abort();
    expect((await running).result).toMatchObject({ outcome: "failed" });
    expect(isRunning(pid)).toBe(false);
  });

  it("kills what the command has started and what ignores SIGTERM", async () => {
    const ending = new AbortController();
    const line = "(trap '' TERM; echo x > ready; exec sleep 60) & echo $! > pid; wait";
    const running = run(line, { signal: ending.signal });
    await pidIn("pid");
    while (!existsSync(join(folder, "ready"))) await sleep(10);
    ending.abort();
    await running;
    await sleep(50);
    expect(isRunning(await pidIn("pid"))).toBe(false);
  });

  it("lets the command shut down first", async () => {
    const ending = new AbortController();
    const line = "trap 'echo bye > bye; exit 1' TERM; echo $$ > pid; while :; do sleep 0.05; done";
    const running = run(line, { signal: ending.signal });
    await pidIn("pid");
    ending.abort();
    await running;
    expect(written("bye")).toBe("bye\n");
  });

  it("kills a command that ignores SIGTERM", async () => {
    const ending = new AbortController();
    const line = "trap '' TERM; echo $$ > pid; while :; do sleep 0.05; done";
    const running = run(line, { signal: ending.signal });
    const pid = await pidIn("pid");
    ending.abort();
    const { result } = await running;
    expect(result).toMatchObject({ message: "the command was ended by SIGKILL" });
    expect(isRunning(pid)).toBe(false);
  });

  it("may take ten minutes, one command for each processor, unless limits are given", () => {
    const given = { env: {}, onOutput: () => {} };
    const limits = { timeout: "10m", concurrency: availableParallelism() };
    expect(command("true", given)).toMatchObject(limits);
    const other = { timeout: "1h", concurrency: 1 } as const;
    expect(command("true", { ...given, ...other })).toMatchObject(other);
  });

  it("starts nothing if its signal has aborted", async () => {
    const { result } = await run("echo x > started", { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ outcome: "failed" });
    expect(existsSync(join(folder, "started"))).toBe(false);
  });

  it("does not wait for what the command leaves running", async () => {
    const began = performance.now();
    const { result, lines } = await run("echo first; sleep 30 & echo $! > pid");
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(result).toEqual({ outcome: "delivered" });
    expect(lines).toEqual(["first"]);
    process.kill(await pidIn("pid"));
  });

  it("kills the command if the payload breaks off, so that it does not take a part for the whole", async () => {
    const error = new ObjectStoreError({
      code: "unavailable",
      operation: "get",
      bucket: "b",
      message: "no",
    });
    let reads = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        reads += 1;
        if (reads === 1) return controller.enqueue(new TextEncoder().encode("half"));
        await pidIn("pid");
        controller.error(error);
      },
    });
    await expect(run("echo $$ > pid; cat > body; echo x > ended", { body })).rejects.toBe(error);
    expect(existsSync(join(folder, "ended"))).toBe(false);
  });
});
