import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { useWorkplace, type Words } from "../testing/run-keywhen.js";

const place = useWorkplace({ inProcess: true });
beforeEach(async () => {
  await mkdir(join(place.folder, "folder"));
});

const TO = ["--to", "out/x"];
const IN = ["--in", "10m"];
const AT = "2027-01-01T00:00:00.000Z";

/** The arguments, and what the line must say. */
const MISTAKES: readonly (readonly [Words, RegExp])[] = [
  ["schedule --at tomorow --to out/x", /"tomorow" is not a time that keywhen understands/],
  ["schedule --at 2026-12-24T09:00 --to out/x", /has no UTC offset/],
  ["schedule --at 2026-02-31T09:00Z --to out/x", /must be from 01 to 28 \(got 31\)/],
  [["schedule", "--in", "10 minutes", ...TO], /"10 minutes" is not a duration/],
  ["schedule --at +99999999999d --to out/x", /after the year 9999/],
  ["schedule --to out/x", /No time is given\./],
  ["schedule --at 2026-12-24T09:00Z --in 10m --to out/x", /exclude each other/],
  ["schedule --in 10m", /No target is given\./],
  ["schedule --in 10m --to /key", /its bucket is empty/],
  ["schedule --in 10m --to bucket/", /its key is empty/],
  ["schedule --in 10m --to bucket", /it has no key\. Write BUCKET\/KEY/],
  ["schedule --in 10m --to s3://bucket/key", /leave out s3:\/\//],
  [`schedule --in 10m --to ${"b".repeat(300)}/key`, /300 characters; the limit is \d+/],
  [
    `schedule --in 10m --to b/${"k/".repeat(600)}k`,
    /1,201 bytes; the limit is 1,024: shorten it by 177/,
  ],
  [
    `schedule --in 10m --to b/${"é/".repeat(200)}é`,
    /the limit is 1,015 .*é counts 6.*shorten it by \d+/,
  ],
  ["schedule --in 10m --to out/x --file x.pdf", /Can't read x\.pdf/],
  ["schedule --in 10m --to out/x --file folder", /Can't read folder: it is a folder/],
  ["schedule --in 10m --to out/x --file x --body y", /Leave one out/],
  ["schedule --in 10m --to out/x --meta x", /--meta must be NAME=VALUE \(got "x"\)/],
  ["schedule --in 10m --to out/x --meta Ä=1", /is not a valid metadata name/],
  [["schedule", "--at", "2096-12-24T09:00Z", ...TO, "--delivery-id", ""], /deliveryId is empty/],
  ["schedule --in 10m --to out/x --fil x", /'--fil'. Did you mean --file\?/],
  ["shedule", /'shedule'. Did you mean schedule\?/],
  ["help foo", /unknown command 'foo'\. See keywhen --help\.\n$/],
  ["help lsit", /'lsit'\. Did you mean list\?/],
  ["help rm", /'rm'\. Did you mean cancel\?/],
  ["shedule --help", /'shedule'\. Did you mean schedule\?/],
  ["dead help lst", /'lst'\. Did you mean list\?/],
  ["dead lst --help", /'lst'\. Did you mean list\?/],
  [
    "--store list",
    /--store took the command "list" as its value, so no command is left\. Write --store VALUE list\.\n$/,
  ],
  ["cancel", /missing required argument 'id'/],
  ["cancel 42.json", /"42.json" is not an event's id/],
  ["cancel 2026-11 -y", /only the beginning .* single quotes .*-y doesn't replace it/],
  [`cancel ${AT}|b|%zz|x`, /the key "%zz" isn't escaped/],
  [`cancel ${AT}|b|k|x|y|z -y`, /more than four parts/],
  ["reschedule 2027-13-01T00:00:00.000Z|b|k|x --in 10m", /not a real time/],
  [`dead purge ${AT}||k|x`, /it has no bucket/],
  ["decode foo", /"foo" is not a keywhen key: it doesn't begin with/],
  ["show 42.json", /"42.json" is not an event's id/],
  ["list --limit 0", /--limit must be a whole number from 1 \(got "0"\)/],
  ["list --to */x", /a \* is only allowed at the end of a key/],
  ["list --to r/*.json", /a \* is only allowed at the end of a key/],
  ["list --after nonsense", /--after must be an id .*\(got "nonsense"\)/],
  ["list --from +5h --until +1h", /--from must be before --until \(got .*Z and .*Z\)/],
  [
    "dead list --from 2026-12-24T09:00Z --until 2026-12-24T10:00+01:00",
    /--from must be before --until/,
  ],
  ["schedule --in 10m --to out/x --to out/y", /--to is given twice\. Leave one out/],
  ["list -s file:./a -s file:./b", /--store is given twice/],
  ["dead list --limit 1 --limit 2", /--limit is given twice/],
  [["schedule", "--in", "in 5 minutes", ...TO], /--at 'in 5 minutes'/],
  ["schedule --in 10m --to out/x --delivery-id x", /--delivery-id needs a fixed time/],
  ["schedule --at +10m --to out/x --delivery-id x", /--delivery-id needs a fixed time/],
  [
    ["schedule", "--at", "in 10 minutes", ...TO, "--delivery-id", "x"],
    /--delivery-id needs a fixed time/,
  ],
  ["delete x", /unknown command 'delete'\. Did you mean cancel\?/],
  ["rm x", /Did you mean cancel\?/],
  ["status", /Did you mean doctor\?/],
  ["dead delete x", /Did you mean purge\?/],
  ["list x", /Expected 0 arguments but got 1\. See keywhen list --help\.\n$/],
  ["dead list --frobnicate", /See keywhen dead list --help\.\n$/],
  ["list --codec v9", /Allowed choices are v1, s3-scheduler\. See keywhen list --help/],
  ["decode x -s file:./data", /unknown option '-s'/],
  ["list --until noon", /"noon" has no UTC offset/],
  ["sweep --allow b*", /pattern "b\*": it has no key/],
  ["run --allow 'b/*'", /Write b\/\* without quotes/],
  ["sweep --allow s3://b/*", /it begins with s3:.*Write "b\/\*"/],
  ["doctor --allow b/*.json", /contains a \* before its end/],
  ["key --in 10m --to out/x --root /x", /root "\/x"/],
  ["list -s ftp://bucket", /no adapter for "ftp:".*file:.*s3:.*gs:.*--adapter/],
  ["list -s ./data", /"\.\/data" has no scheme\. Did you mean file:\.\/data\?/],
  [
    "list -s 'file:./data'",
    /The store URL "'file:\.\/data'" begins or ends with a quote\. Write file:\.\/data\./,
  ],
  [
    'list -s my:x --adapter "./my-store.mjs"',
    /--adapter .* begins or ends with a quote.*Write \.\/my-store\.mjs/,
  ],
  [["list", "-s", "file:./data\r"], /\(got "file:\.\/data\\r"\)\. Remove it/],
  [["list", "-s", "s3://bucket "], /a blank at an end/],
  ["schedule --in 10m --to out/x -s file:~/data", /~ .* not expanded/],
  ["list -s s3://me:hidden@bucket", /must not contain a user name or a password/],
];

describe("keywhen with wrong arguments", () => {
  it.each(MISTAKES)("answers %j in one line, exits 2 and writes nothing", async (args, line) => {
    const run = await place.run(args, "payload");
    expect(run.stderr).toMatch(line);
    expect(run.stderr).toMatch(/^keywhen: [^\n]*\n$/);
    expect(run.stderr).not.toContain("hidden");
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(place.files()).toEqual([]);
  });

  it("says so without a store", async () => {
    const run = await place.runWith({ KEYWHEN_STORE: "" }, ["list"]);
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("KEYWHEN_STORE") });
  });

  it.each([
    [["delete", "x", "--json"], "usage", "unknown command 'delete'.", "Did you mean cancel?"],
    [["list", "x", "--json"], "usage", expect.stringMatching(/\.$/), "See keywhen list --help."],
    [["--json"], "usage", "No command is given.", "See keywhen --help."],
    [["dead", "--json"], "usage", "No command is given.", "See keywhen dead --help."],
    [["help", "lst", "--json"], "usage", "unknown command 'lst'.", "Did you mean list?"],
    [["--store", "list", "--json"], "usage", expect.stringContaining("took"), expect.anything()],
    [["list", "--limit", "0", "--json"], "usage", expect.stringMatching(/\)\.$/), undefined],
    [["schedule", "--json"], "usage", "No time is given.", expect.stringContaining("--at")],
    [
      ["schedule", ...IN, "--json"],
      "usage",
      "No target is given.",
      expect.stringContaining("--to"),
    ],
    [["show", "x", "--json"], "usage", expect.stringMatching(/\.$/), expect.anything()],
  ])(
    "answers %j with one object: a whole message and what to do",
    async (args, code, message, hint) => {
      const run = await place.run(args);
      expect(run).toMatchObject({ exitCode: 2, stdout: "" });
      expect(JSON.parse(run.stderr)).toEqual({ error: { code, message, ...(hint && { hint }) } });
    },
  );

  it("prints the help without a command", async () => {
    const none = await place.run([]);
    expect(none).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringMatching(/^Examples:/),
    });
  });

  it("answers with an object on --json", async () => {
    const usage = await place.run(["schedule", "--json", "--fil", "x"]);
    expect(JSON.parse(usage.stderr)).toEqual({
      error: { code: "usage", message: "unknown option '--fil'.", hint: "Did you mean --file?" },
    });
    const time = await place.run(["schedule", "--json", "--at", "noon", ...TO]);
    expect(JSON.parse(time.stderr)).toMatchObject({ error: { code: "invalid-time" } });
  });
});
