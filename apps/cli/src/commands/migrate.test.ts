import { join } from "node:path";
import { fsStore } from "@keywhen/adapter-fs";
import { beforeEach, describe, expect, it } from "vitest";
import { useWorkplace } from "../testing/run-keywhen.js";

const DUE = "2018-08-05%2012%3A00%3A00%2B00%3A00|out|letters~~1.txt";
const WAITING = "2096-11-25%2009%3A00%3A00%2B01%3A00|out|letters~~2.txt";
const PACKAGE = ["--store", "file:./data?root=scheduled", "--codec", "s3-scheduler"];

const place = useWorkplace({ inProcess: true });
beforeEach(async () => {
  const store = fsStore({ folder: join(place.folder, "data"), createBuckets: true });
  for (const id of [DUE, WAITING, "0-notes.txt"]) {
    await store.put({ bucket: "schedule", key: `scheduled/|${id}` }, Buffer.from("hello"));
  }
});

describe("keywhen --codec s3-scheduler", () => {
  it("lists what the Python package scheduled", async () => {
    const { stdout } = await place.run(["list", ...PACKAGE]);
    const [first, second] = stdout.split("\n");
    expect(first).toMatch(/^2018-08-05 14:00:00 \+02:00 .* 5 B {3}out\/letters\/1\.txt$/);
    expect(second).toMatch(/^2096-11-25 09:00:00 \+01:00 .* 5 B {3}out\/letters\/2\.txt$/);
    const root = ["--codec", "s3-scheduler", "--root", "scheduled"];
    expect((await place.run(["list", "--ids", ...root])).stdout).toBe(`${DUE}\n${WAITING}\n`);
  });

  it("delivers what is due of it", async () => {
    const run = await place.run(["sweep", ...PACKAGE]);
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Delivered 1 of 1/) });
    expect(run.stdout).toContain("1 unrecognized object left alone");
    expect(place.files()).toContain("1.txt");
    expect((await place.run(["list", "--ids", ...PACKAGE])).stdout).toBe(`${WAITING}\n`);
  });
});

describe("keywhen migrate", () => {
  it("takes over every event, and leaves unrecognized objects", async () => {
    const run = await place.run(["migrate", "--from", "scheduled"]);
    expect(run).toEqual({
      exitCode: 0,
      stdout: "Migrated 2 events · 0 failed, 1 unrecognized object left alone\n",
      stderr: "",
    });
    const ids = (await place.run(["list", "--ids"])).stdout;
    expect(ids).toMatch(
      /^2018-08-05T12:00:00\.000Z\|out\|letters\/1\.txt\|[0-9a-f]{12}\n2096-11-25T08:00:00\.000Z\|out\|letters\/2\.txt\|[0-9a-f]{12}\n$/,
    );
    expect((await place.run(["list", "--ids", ...PACKAGE])).stdout).toBe("");
    expect((await place.run(["sweep"])).stdout).toMatch(/^Delivered 1 of 1/);
    expect((await place.run(["migrate", "--from", "scheduled"])).stdout).toMatch(/^Migrated 0 /);
  });

  it("prints the report with --json, and only counts with --dry-run", async () => {
    const run = await place.run(["migrate", "--from", "scheduled", "-n", "--json"]);
    expect(JSON.parse(run.stdout)).toEqual({
      migrated: 2,
      gone: 0,
      failed: 0,
      unrecognized: 1,
      aborted: false,
      dryRun: true,
    });
    expect((await place.run(["list", "--ids", ...PACKAGE])).stdout).toBe(`${DUE}\n${WAITING}\n`);
  });

  it("exits 6 and says what it left", async () => {
    const store = fsStore({ folder: join(place.folder, "data") });
    const key = `scheduled/|${DUE.replace("1.txt", "x".repeat(955))}`;
    await store.put({ bucket: "schedule", key }, Buffer.from("long"));
    const run = await place.run(["migrate", "--from", "scheduled"]);
    expect(run).toMatchObject({ exitCode: 6, stdout: expect.stringContaining("1 failed") });
    expect(run.stderr).toMatch(/^not migrated: 'scheduled\/\|2018.*the limit is/);
  });
});
