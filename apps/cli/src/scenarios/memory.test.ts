import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, readdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LINUX, skipUnless } from "@keywhen/test-servers";
import { beforeEach, describe, expect, it } from "vitest";
import { KEYWHEN, useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace();
beforeEach(async () => {
  for (const [name, bytes] of [
    ["small", 2_000_000],
    ["large", 300_000_000],
  ] as const) {
    await writeFile(join(place.folder, name), "");
    await truncate(join(place.folder, name), bytes);
  }
});

const DUE = 8_000;
const SCHEDULE = ["schedule", "--in", "1h", "--to", "out/x", "-s", "file:./data"];

// The peak is read from /proc, which only Linux has.
skipUnless(describe, LINUX)("the memory of keywhen schedule", () => {
  it("is no more for a large file than for a small one", async () => {
    const small = await peakBytes(start([...SCHEDULE, "--file", "small"]));
    const large = await peakBytes(start([...SCHEDULE, "--file", "large"]));
    expect(large - small).toBeLessThan(64_000_000);
  }, 60_000);

  it("is no more for a long pipe than for a short one", async () => {
    const small = await peakBytes(start(SCHEDULE, "small"));
    const large = await peakBytes(start(SCHEDULE, "large"));
    expect(large - small).toBeLessThan(64_000_000);
  }, 60_000);
});

skipUnless(describe, LINUX)("the memory of keywhen run", () => {
  it("stays below 130 MB while it delivers files as fast as it can", async () => {
    const pending = join(place.folder, "data", "schedule", "keywhen", "pending");
    await mkdir(pending, { recursive: true });
    await mkdir(join(place.folder, "data", "out"));
    for (let number = 0; number < DUE; number++) {
      await writeFile(join(pending, `2026-01-01T00%3A00%3A00.000Z%7Cout%7C${number}`), "body");
    }
    const store = "file:./data?bucket=schedule";
    const run = ["run", "--allow", "out/*", "--poll", "1s", "--for", "15s", "-s", store];
    expect(await peakBytes(start(run))).toBeLessThan(130_000_000);
    expect((await readdir(join(place.folder, "data", "out"))).length).toBeGreaterThan(DUE / 4);
  }, 60_000);
});

function start(args: readonly string[], piped?: string): ChildProcess {
  const cwd = place.folder;
  const cat = piped === undefined ? undefined : spawn("cat", [piped], { cwd, stdio: "pipe" });
  const stdin = cat?.stdout ?? "ignore";
  const child = spawn(process.execPath, [KEYWHEN, ...args], {
    cwd,
    stdio: [stdin, "ignore", "inherit"],
  });
  cat?.stdout.destroy(); // the child holds it now
  return child;
}

/** The most memory that a process has held, looked at until it ends. */
async function peakBytes(child: ChildProcess): Promise<number> {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, readPeak(child.pid));
  }, 5);
  const [exitCode] = await once(child, "exit");
  clearInterval(timer);
  expect(exitCode).toBe(0);
  expect(peak).toBeGreaterThan(20_000_000);
  return peak;
}

function readPeak(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1_024;
  } catch {
    return 0; // it has just ended
  }
}
