import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { beforeEach, describe, expect, it } from "vitest";
import { addSlowStore, SLOW, scheduleDue } from "../testing/adapter-modules.js";
import { finish, useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace();
beforeEach(async () => {
  await addSlowStore(place);
});

const COUNT = 150;
const SWEEP = ["sweep", "--json", "-v"];

function startSweep(delaysMs: object, ...args: string[]): ChildProcess {
  const env = { DELAYS_MS: JSON.stringify(delaysMs) };
  return place.start([...SWEEP, ...SLOW, "--allow", "out/*", ...args], env);
}

/** Interrupts the process when `isTime` accepts its output, and measures how long it takes to end. */
async function interrupt(child: ChildProcess, isTime: (stderr: string) => boolean) {
  let stderr = "";
  let interruptedMs: number | undefined;
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (interruptedMs !== undefined || !isTime(stderr)) return;
    interruptedMs = performance.now();
    child.kill("SIGTERM");
  });
  const run = await finish(child);
  return { ...run, tookMs: performance.now() - (interruptedMs ?? Number.NaN) };
}

const namesIn = (folder: string) => {
  try {
    return readdirSync(join(place.folder, "data", folder));
  } catch {
    return [];
  }
};

function leaseHolders(): unknown {
  const file = join(place.folder, "data/schedule/keywhen/lease/sweep.json");
  return JSON.parse(readFileSync(file, "utf8")).holders;
}

describe("keywhen sweep and SIGTERM", () => {
  it("releases the lease and leaves each event delivered or waiting", async () => {
    await scheduleDue(place, COUNT * 10);
    const child = place.start([...SWEEP]);
    const run = await interrupt(child, (stderr) => stderr.includes("move "));
    const report = JSON.parse(run.stdout);
    expect(run).toMatchObject({ exitCode: 130 });
    expect(run.tookMs).toBeLessThan(5_000);
    expect(report).toMatchObject({ truncated: "aborted", undeleted: 0, undecided: 0 });
    expect(namesIn("out")).toHaveLength(report.delivered);
    expect(namesIn("schedule/keywhen/pending")).toHaveLength(COUNT * 10 - report.delivered);
    expect(leaseHolders()).toEqual([]);
  });

  it("ends in time if the store hangs and ignores its signal", async () => {
    await scheduleDue(place, 3);
    const child = startSweep({ copy: 60_000 });
    const run = await interrupt(child, (stderr) => stderr.includes("put schedule/keywhen/lease"));
    expect(run.exitCode).toBe(130);
    expect(run.tookMs).toBeLessThan(5_500);
    expect(JSON.parse(run.stdout)).toMatchObject({ delivered: 0, truncated: "aborted" });
    expect(leaseHolders()).toEqual([]);
  });

  it("ends in time if deletes are not answered either, and reports what is left", async () => {
    await scheduleDue(place, 3);
    const child = startSweep({ delete: 60_000 });
    const run = await interrupt(child, (stderr) => stderr.includes("copy out/"));
    expect(run.exitCode).toBe(130);
    expect(run.tookMs).toBeLessThan(5_500);
    const report = JSON.parse(run.stdout);
    expect(report).toMatchObject({ truncated: "aborted", undeleted: report.delivered });
    expect(leaseHolders()).toEqual([]);
  });
});

describe("keywhen sweep while another one is at work", () => {
  /** Resolves when the lease is taken. */
  async function startHolder(): Promise<ChildProcess> {
    await scheduleDue(place, 1);
    const child = startSweep({ copy: 60_000 });
    await new Promise<void>((resolve) => {
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        if (text.includes("put schedule/keywhen/lease")) resolve();
      });
    });
    return child;
  }

  it("exits 7 and names its holder", async () => {
    const holder = await startHolder();
    const run = await place.run(["sweep"]);
    expect(run).toMatchObject({ exitCode: 7, stderr: "" });
    expect(run.stdout).toContain(` pid ${holder.pid}`);
    expect(run.stdout).toMatch(/^Another sweeper is at work: .*Nothing was done\n$/);
    const json = await place.run(["sweep", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ outcome: "held" });
    holder.kill("SIGKILL");
  });

  it("waits with --wait, and continues when the other one has ended", async () => {
    const holder = await startHolder();
    const waiter = place.start(["sweep", "--wait", "--json"]);
    holder.kill("SIGTERM");
    const run = await finish(waiter);
    expect(run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ delivered: 1, lease: "waited" });
  });

  it("can be interrupted while it waits", async () => {
    const holder = await startHolder();
    const waiter = place.start(["sweep", "--wait", "-v"]);
    const run = await interrupt(waiter, (stderr) => stderr.includes("get schedule/keywhen/lease"));
    expect(run).toMatchObject({ exitCode: 130 });
    expect(run.tookMs).toBeLessThan(3_000);
    holder.kill("SIGKILL");
  });

  it("can't cancel overdue events", async () => {
    const holder = await startHolder();
    const id = (await place.run(["list", "--ids"])).stdout.trim();
    const run = await place.run(["cancel", "--overdue", id]);
    expect(run).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining("a sweeper is at work"),
    });
    holder.kill("SIGKILL");
  });
});
