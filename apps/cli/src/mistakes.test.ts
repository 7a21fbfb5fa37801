import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWorkplace, type Workplace } from "./testing/run-keywhen.js";

let place: Workplace;
beforeEach(async () => {
  place = await openWorkplace();
  await mkdir(join(place.folder, "folder"));
});
afterEach(() => place[Symbol.asyncDispose]());

const TO = ["--to", "out/x"];
const IN = ["--in", "10m"];

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
  ["no key", ["schedule", ...IN, "--to", "bucket"], /it has no key; write BUCKET\/KEY/],
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
  ["a file that isn't there", ["schedule", ...IN, ...TO, "--file", "x.pdf"], /can't read x\.pdf/],
  ["a folder", ["schedule", ...IN, ...TO, "--file", "folder"], /can't read folder: it is a folder/],
  ["file and body", ["schedule", ...IN, ...TO, "--file", "x", "--body", "y"], /leave one out/],
  ["no pair", ["schedule", ...IN, ...TO, "--meta", "x"], /write NAME=VALUE/],
  ["a metadata name", ["schedule", ...IN, ...TO, "--meta", "Ä=1"], /is no metadata name/],
  ["an empty delivery id", ["schedule", ...IN, ...TO, "--delivery-id", ""], /deliveryId is empty/],
  ["an unknown option", ["schedule", ...IN, ...TO, "--fil", "x"], /'--fil'. Did you mean --file\?/],
  ["an unknown verb", ["shedule"], /'shedule'. Did you mean schedule\?/],
  ["a missing argument", ["cancel"], /missing required argument 'id'/],
  ["no id", ["cancel", "42.json"], /"42.json" is not an event's id/],
  ["no id to show", ["show", "42.json"], /"42.json" is not an event's id/],
  ["a wrong limit", ["list", "--limit", "0"], /--limit 0/],
  ["a wrong pattern", ["list", "--to", "*/x"], /a \* stands at the end/],
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

  it("answers with an object on --json", async () => {
    const usage = await place.run(["schedule", "--json", "--fil", "x"]);
    expect(JSON.parse(usage.stderr)).toEqual({
      error: { code: "usage", message: "unknown option '--fil'.", hint: "Did you mean --file?" },
    });
    const time = await place.run(["schedule", "--json", "--at", "noon", ...TO]);
    expect(JSON.parse(time.stderr)).toMatchObject({ error: { code: "invalid-time" } });
  });
});
