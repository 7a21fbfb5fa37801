import { monthlyCost } from "@keywhen/host/cost";
import { describe, expect, it } from "vitest";
import { useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace();

/** Where no store can be reached, nor any is named. */
const cost = (...args: string[]) => place.runWith({ KEYWHEN_STORE: "" }, ["cost", ...args]);

describe("keywhen cost", () => {
  it("prints the bill item by item, its total with the prices' date, and what rivals cost", async () => {
    const { exitCode, stdout, stderr } = await cost("--events", "1M");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^ +5\.00 {2}writing events: 1,000,000 requests$/m);
    expect(stdout).toMatch(/^ +5\.00 {2}copies to the targets: 1,000,000 requests$/m);
    expect(stdout).toMatch(/^ +0\.22 {2}lists: 43,800 requests$/m);
    expect(stdout).toMatch(/^ +11\.\d\d {2}USD a month \(us-east-1, S3 Standard, 2026-11\)$/m);
    expect(stdout).toMatch(/^ +0\.00 {2}EventBridge Scheduler .*: cheaper than keywhen$/m);
    expect(stdout).toMatch(/^ +99\.90 {2}Step Functions.*: more expensive than keywhen$/m);
  });

  it("prints what the API returns with --json", async () => {
    const { stdout } = await cost("--events", "20k", "--every", "2m", "--shards", "4", "--json");
    const use = { events: 20_000, everyMs: 120_000, shards: 4 };
    expect(JSON.parse(stdout)).toEqual(monthlyCost(use));
  });

  it("takes every option", async () => {
    const args = ["--look-ahead", "1m", "--poll", "1s", "--payload", "1.5MB", "--wait", "7d"];
    const more = ["--memory", "512", "--no-free-tier", "--json"];
    const { stdout } = await cost("--events", "1,000", ...args, ...more);
    const ahead = { lookAheadMs: 60_000, pollMs: 1_000, memoryMegabytes: 512, freeTier: false };
    const use = { events: 1_000, ...ahead, payloadBytes: 1_500_000, waitMs: 7 * 86_400_000 };
    expect(JSON.parse(stdout)).toEqual(monthlyCost(use));
    const recurring = await cost("--recurring", "3k", "--json");
    expect(JSON.parse(recurring.stdout)).toEqual(monthlyCost({ events: 0, occurrences: 3_000 }));
    const own = await cost("--events", "1k", "--own-machine", "--journal", "--json");
    const kept = { events: 1_000, host: "own", journal: true } as const;
    expect(JSON.parse(own.stdout)).toEqual(monthlyCost(kept));
  });

  it("prints the total alone with -q", async () => {
    const { total } = monthlyCost({ events: 1_000_000 });
    expect((await cost("--events", "1M", "-q")).stdout).toBe(`${total.toFixed(2)}\n`);
  });
});
