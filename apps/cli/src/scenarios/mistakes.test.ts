import { describe, expect, it } from "vitest";
import { useWorkplace, type Words } from "../testing/run-keywhen.js";

const place = useWorkplace({ inProcess: true });

const TO = ["--to", "out/x"];

/** Mistakes that core finds. tests/docs/messages has what the command says about its arguments. */
const MISTAKES: readonly Words[] = [
  "schedule --at 2026-02-31T09:00Z --to out/x",
  ["schedule", "--in", "10 minutes", ...TO],
  `schedule --in 10m --to ${"b".repeat(300)}/key`,
  `schedule --in 10m --to b/${"k/".repeat(600)}k`,
  `schedule --in 10m --to b/${"é/".repeat(200)}é`,
  "schedule --in 10m --to out/x --meta Ä=1",
  ["schedule", "--at", "2096-12-24T09:00Z", ...TO, "--delivery-id", ""],
  "sweep --allow b*",
  "run --allow 'b/*'",
  "doctor --allow b/*.json",
  "key --in 10m --to out/x --root /x",
  "cost --events 1M --every hourly",
];

describe("keywhen with wrong arguments", () => {
  it.each(MISTAKES.map((args) => ({ args })))(
    "answers $args in one line, exits 2 and writes nothing",
    async ({ args }) => {
      const run = await place.run(args, "payload");
      expect(run.stderr).toMatch(/^keywhen: [^\n]*\n$/);
      expect(run).toMatchObject({ exitCode: 2, stdout: "" });
      expect(place.files()).toEqual([]);
    },
  );

  it.each([
    [
      "schedule --in 1h --to out/x --body x --expires-after 1ms",
      "--expires-after must be from 1s to",
    ],
    ["key --in 1h --to out/x --window 100d", "--window must be at most 49d"],
    [
      ["every", "15m", "--name", "x", ...TO, "--body", "x", "--max-late", "1s"],
      "--max-late must be at least 2m",
    ],
    ["run --allow out/* --poll 1ms", "--poll must be at least 100ms"],
  ] satisfies [Words, string][])("names the option of %j", async (args, message) => {
    const run = await place.run(args);
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr.startsWith(`keywhen: ${message}`)).toBe(true);
  });

  it.each([
    ["list --limit 0 --json", { code: "usage", message: expect.stringMatching(/\)\.$/) }],
    [
      "schedule --json --fil x",
      { code: "usage", message: "unknown option '--fil'.", hint: "Did you mean --file?" },
    ],
    [
      "schedule --json --at noon --to out/x",
      { code: "invalid-time", message: expect.stringContaining("noon") },
    ],
  ])("answers %s with one object", async (args, error) => {
    const run = await place.run(args);
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(JSON.parse(run.stderr)).toEqual({ error });
  });

  it("prints the help without a command", async () => {
    expect(await place.run([])).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringMatching(/^Examples:/),
    });
  });
});
