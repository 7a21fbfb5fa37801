import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWorkplace, type Workplace } from "./testing/run-keywhen.js";

let place: Workplace;
beforeEach(async () => {
  place = await openWorkplace({ inProcess: true });
  await mkdir(join(place.folder, "folder"));
});
afterEach(() => place[Symbol.asyncDispose]());

const TO = ["--to", "out/x"];
const IN = ["--in", "10m"];
const AT = "2027-01-01T00:00:00.000Z";

/** What is wrong, the arguments, and what the one line must say. */
const MISTAKES: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    "a wrong time",
    ["schedule", "--at", "tomorow", ...TO],
    /"tomorow" is not a time that keywhen understands/,
  ],
  ["no offset", ["schedule", "--at", "2026-12-24T09:00", ...TO], /has no UTC offset/],
  ["31 February", ["schedule", "--at", "2026-02-31T09:00Z", ...TO], /2026-02 has 28 days/],
  ["a wrong duration", ["schedule", "--in", "10 minutes", ...TO], /"10 minutes" is not a duration/],
  ["a far duration", ["schedule", "--at", "+99999999999d", ...TO], /after the year 9999/],
  ["no time", ["schedule", ...TO], /When is it due\?/],
  ["two times", ["schedule", "--at", "2026-12-24T09:00Z", ...IN, ...TO], /exclude each other/],
  ["no target", ["schedule", ...IN], /Where to\?/],
  ["an empty bucket", ["schedule", ...IN, "--to", "/key"], /its bucket is empty/],
  ["an empty key", ["schedule", ...IN, "--to", "bucket/"], /its key is empty/],
  ["no key", ["schedule", ...IN, "--to", "bucket"], /it has no key\. Write BUCKET\/KEY/],
  ["a scheme", ["schedule", ...IN, "--to", "s3://bucket/key"], /leave out s3:\/\//],
  [
    "a long bucket",
    ["schedule", ...IN, "--to", `${"b".repeat(300)}/key`],
    /300 characters; the limit is \d+/,
  ],
  [
    "a long key",
    ["schedule", ...IN, "--to", `b/${"k/".repeat(600)}k`],
    /1,201 bytes; the limit is 1,024: shorten it by 177/,
  ],
  [
    "a key that is long once escaped",
    ["schedule", ...IN, "--to", `b/${"é/".repeat(200)}é`],
    /the limit is 1,015 .*é counts 6.*shorten it by \d+/,
  ],
  ["a file that isn't there", ["schedule", ...IN, ...TO, "--file", "x.pdf"], /Can't read x\.pdf/],
  ["a folder", ["schedule", ...IN, ...TO, "--file", "folder"], /Can't read folder: it is a folder/],
  ["file and body", ["schedule", ...IN, ...TO, "--file", "x", "--body", "y"], /Leave one out/],
  ["no pair", ["schedule", ...IN, ...TO, "--meta", "x"], /--meta must be NAME=VALUE \(got "x"\)/],
  ["a metadata name", ["schedule", ...IN, ...TO, "--meta", "Ä=1"], /is no metadata name/],
  [
    "an empty delivery id",
    ["schedule", "--at", "2096-12-24T09:00Z", ...TO, "--delivery-id", ""],
    /deliveryId is empty/,
  ],
  ["an unknown option", ["schedule", ...IN, ...TO, "--fil", "x"], /'--fil'. Did you mean --file\?/],
  ["an unknown verb", ["shedule"], /'shedule'. Did you mean schedule\?/],
  [
    "help for an unknown command",
    ["help", "foo"],
    /unknown command 'foo'\. See keywhen --help\.\n$/,
  ],
  ["help for a misspelled command", ["help", "lsit"], /'lsit'\. Did you mean list\?/],
  ["help for another tool's command", ["help", "rm"], /'rm'\. Did you mean cancel\?/],
  ["--help of an unknown command", ["shedule", "--help"], /'shedule'\. Did you mean schedule\?/],
  ["help for an unknown dead command", ["dead", "help", "lst"], /'lst'\. Did you mean list\?/],
  ["--help of an unknown dead command", ["dead", "lst", "--help"], /'lst'\. Did you mean list\?/],
  [
    "a command as the value of an option",
    ["--store", "list"],
    /--store took the command "list" as its value, so no command is left\. Write --store VALUE list\.\n$/,
  ],
  ["a missing argument", ["cancel"], /missing required argument 'id'/],
  ["no id", ["cancel", "42.json"], /"42.json" is not an event's id/],
  [
    "only the beginning of an id",
    ["cancel", "2026-11", "-y"],
    /only the beginning .* single quotes .*-y doesn't replace it/,
  ],
  ["an id that is not escaped", ["cancel", `${AT}|b|%zz|x`], /the key "%zz" isn't escaped/],
  ["an id of six parts", ["cancel", `${AT}|b|k|x|y|z`, "-y"], /more than four parts/],
  [
    "an id of no real time",
    ["reschedule", "2027-13-01T00:00:00.000Z|b|k|x", ...IN],
    /not a real time/,
  ],
  ["a dead letter's wrong id", ["dead", "purge", `${AT}||k|x`], /it has no bucket/],
  ["a key that is none", ["decode", "foo"], /"foo" is not a keywhen key: it doesn't begin with/],
  ["no id to show", ["show", "42.json"], /"42.json" is not an event's id/],
  ["a wrong limit", ["list", "--limit", "0"], /--limit must be a whole number from 1 \(got "0"\)/],
  ["a wrong pattern", ["list", "--to", "*/x"], /a \* is only allowed at the end of a key/],
  ["a * in the middle", ["list", "--to", "r/*.json"], /a \* is only allowed at the end of a key/],
  [
    "a wrong --after",
    ["list", "--after", "nonsense"],
    /--after must be an id .*\(got "nonsense"\)/,
  ],
  [
    "no span",
    ["list", "--from", "+5h", "--until", "+1h"],
    /--from must be before --until \(got .*Z and .*Z\)/,
  ],
  [
    "an empty span",
    ["dead", "list", "--from", "2026-12-24T09:00Z", "--until", "2026-12-24T10:00+01:00"],
    /--from must be before --until/,
  ],
  [
    "two targets",
    ["schedule", ...IN, ...TO, "--to", "out/y"],
    /--to is given twice\. Leave one out/,
  ],
  ["two stores", ["list", "-s", "file:./a", "-s", "file:./b"], /--store is given twice/],
  ["two limits", ["dead", "list", "--limit", "1", "--limit", "2"], /--limit is given twice/],
  ["a phrase for --in", ["schedule", "--in", "in 5 minutes", ...TO], /--at 'in 5 minutes'/],
  [
    "a delivery id with --in",
    ["schedule", ...IN, ...TO, "--delivery-id", "x"],
    /--delivery-id needs a fixed time/,
  ],
  [
    "a delivery id with a span",
    ["schedule", "--at", "+10m", ...TO, "--delivery-id", "x"],
    /--delivery-id needs a fixed time/,
  ],
  [
    "a delivery id with a phrase",
    ["schedule", "--at", "in 10 minutes", ...TO, "--delivery-id", "x"],
    /--delivery-id needs a fixed time/,
  ],
  ["delete", ["delete", "x"], /unknown command 'delete'\. Did you mean cancel\?/],
  ["rm", ["rm", "x"], /Did you mean cancel\?/],
  ["status", ["status"], /Did you mean doctor\?/],
  ["dead delete", ["dead", "delete", "x"], /Did you mean purge\?/],
  [
    "too many arguments",
    ["list", "x"],
    /Expected 0 arguments but got 1\. See keywhen list --help\.\n$/,
  ],
  [
    "an unknown option without a likely one",
    ["dead", "list", "--frobnicate"],
    /See keywhen dead list --help\.\n$/,
  ],
  [
    "a wrong codec",
    ["list", "--codec", "v9"],
    /Allowed choices are v1, s3-scheduler\. See keywhen list --help/,
  ],
  ["a store where none is needed", ["decode", "x", "-s", "file:./data"], /unknown option '-s'/],
  ["a wrong filter time", ["list", "--until", "noon"], /"noon" has no UTC offset/],
  ["a wrong allowance", ["sweep", "--allow", "b*"], /pattern "b\*": it has no key/],
  ["a quoted allowance", ["run", "--allow", "'b/*'"], /Write b\/\* without quotes/],
  ["an allowance as a URL", ["sweep", "--allow", "s3://b/*"], /it begins with s3:.*Write "b\/\*"/],
  ["a glob as allowance", ["doctor", "--allow", "b/*.json"], /contains a \* before its end/],
  ["a wrong root", ["key", ...IN, ...TO, "--root", "/x"], /root "\/x"/],
  [
    "an unknown store",
    ["list", "-s", "ftp://bucket"],
    /no adapter for "ftp:".*file:.*s3:.*gs:.*--adapter/,
  ],
  [
    "no store at all",
    ["list", "-s", "./data"],
    /"\.\/data" has no scheme\. Did you mean file:\.\/data\?/,
  ],
  [
    "quotes around the store",
    ["list", "-s", "'file:./data'"],
    /The store URL "'file:\.\/data'" begins or ends with a quote\. Write file:\.\/data\./,
  ],
  [
    "quotes around the adapter",
    ["list", "-s", "my:x", "--adapter", '"./my-store.mjs"'],
    /--adapter .* begins or ends with a quote.*Write \.\/my-store\.mjs/,
  ],
  [
    "a line end in the store",
    ["list", "-s", "file:./data\r"],
    /\(got "file:\.\/data\\r"\)\. Remove it/,
  ],
  ["a blank after the store", ["list", "-s", "s3://bucket "], /a blank at an end/],
  ["a ~ in the store", ["schedule", ...IN, ...TO, "-s", "file:~/data"], /~ .* not expanded/],
  [
    "a password",
    ["list", "-s", "s3://me:hidden@bucket"],
    /must not contain a user name or a password/,
  ],
];

describe("keywhen and what is typed wrong", () => {
  it.each(MISTAKES)("answers %s in one line, exits 2 and writes nothing", async (_, args, line) => {
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
    [["schedule", "--json"], "usage", "When is it due?", expect.stringContaining("--at")],
    [["schedule", ...IN, "--json"], "usage", "Where to?", expect.stringContaining("--to")],
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
