import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWorkplace, type Workplace } from "./run-keywhen.js";

const ID = "2096-11-25T08:00:00.000Z|out|k|3f2a9c0d1e4b";
const PAST = ["--at", "2026-01-01T00:00Z", "--to", "out/k"];

/** Every verb, each way to end, and each kind of input. */
const CALLS: readonly { readonly args: readonly string[]; readonly input?: string }[] = [
  { args: ["--version"] },
  { args: ["--help"] },
  { args: [] },
  { args: ["nonsense"] },
  { args: ["schedule", ...PAST, "--dry-run"], input: "hello" },
  { args: ["schedule", ...PAST, "--dry-run", "--json"], input: "hello" },
  { args: ["list"] },
  { args: ["list", "--json", "-v"] },
  { args: ["show", ID] },
  { args: ["cancel", "-"], input: `${ID}\nnonsense\n` },
  { args: ["reschedule", ID, "--in", "1h", "--json"] },
  { args: ["sweep", "--allow", "out/*", "--json"] },
  { args: ["run", "--allow", "out/*", "--for", "1s", "-q"] },
  { args: ["dead", "list"] },
  { args: ["shards", "show"] },
  { args: ["doctor", "-q"] },
  { args: ["migrate", "--dry-run"] },
  { args: ["key", "--at", "2096-11-25T09:00", "--to", "out/k"] },
  { args: ["decode", ID, "--tz", "Asia/Kolkata"] },
  { args: ["cost", "--events", "1000"] },
  { args: ["completion", "zsh"] },
];

/** What differs from one run to the next: spans, the instant of an attempt, and the random part of an id. */
const VARIES = /\d+ d \d+ h|\d+ ms\b|(?<=durationMs\\":)\d+|(?<=\|k\|x?)\w{12}|(?<=Id\\":\\")\w+/g;

let apart: Workplace;
let here: Workplace;
beforeEach(async () => {
  apart = await openWorkplace();
  here = await openWorkplace({ inProcess: true });
});
afterEach(async () => {
  await apart[Symbol.asyncDispose]();
  await here[Symbol.asyncDispose]();
});

describe("keywhen in the process of a test", () => {
  it.each(CALLS)(
    "prints and returns the same as in a new process: $args",
    async ({ args, input }) => {
      await apart.makeEmptySchedule();
      await here.makeEmptySchedule();
      const runs = await Promise.all([apart.run(args, input), here.run(args, input)]);
      const [real, run] = runs.map((one) => JSON.stringify(one).replaceAll(VARIES, "…"));
      expect(run).toBe(real);
    },
  );

  it("restores the test's process", async () => {
    const state = () => ({
      folder: process.cwd(),
      env: { ...process.env },
      exitCode: process.exitCode,
      argv: process.argv,
      onInterrupt: process.listenerCount("SIGINT"),
      zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
    const { stdin, stdout, stderr } = process;
    const before = state();
    await here.runWith({ TZ: "Asia/Kolkata" }, ["run", "--allow", "out/*", "--for", "10ms"]);
    await here.run(["nonsense"]);
    expect(state()).toEqual(before);
    expect([stdin === process.stdin, stdout === process.stdout, stderr === process.stderr]).toEqual(
      [true, true, true],
    );
  });
});
