import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWorkplace, type Workplace } from "./testing/run-keywhen.js";

let place: Workplace;
beforeEach(async () => {
  place = await openWorkplace({ inProcess: true });
});
afterEach(() => place[Symbol.asyncDispose]());

const to = ["--to", "a/b", "--body", "x"];
const scheduleAt = (time: string, ...more: string[]) => ["schedule", "--at", time, ...to, ...more];

describe("keywhen --tz", () => {
  it("reads times in that zone and shows them in it", async () => {
    const run = await place.run(scheduleAt("2096-11-25 09:00", "--tz", "America/New_York"));
    expect(run.stdout).toMatch(
      /^Scheduled for Sun 25 Nov 2096, 09:00:00 America\/New_York \(2096-11-25T14:00:00\.000Z, /,
    );
    expect((await place.run(["list", "--tz", "Asia/Kolkata"])).stdout).toMatch(
      /^2096-11-25 19:30:00 \+05:30 /,
    );
  });

  it("can be KEYWHEN_TZ, and comes first", async () => {
    const env = { KEYWHEN_TZ: "UTC" };
    const run = await place.runWith(env, scheduleAt("tomorrow 9am"));
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(" 09:00:00 UTC") });
    const other = await place.runWith(env, ["list", "--tz", "Europe/Berlin"]);
    expect(other.stdout).toMatch(/^\d{4}-\d\d-\d\d 1[01]:00:00 \+0[12]:00 /);
  });

  it("is wanted for wall-clock time off a terminal", async () => {
    const run = await place.run(scheduleAt("tomorrow 9am"));
    expect(run).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("give --tz Europe/Berlin"),
    });
    expect(place.files()).toEqual([]);
  });

  it("does not make up for an abbreviation, in no verb", async () => {
    await place.makeEmptySchedule();
    const berlin = ["--tz", "Europe/Berlin"];
    const times = ["2027-07-07 10:00 CET", "2027-07-07 10:00 IST", "2027-07-07T10:00 CET"];
    const runs = times.flatMap((time) =>
      [
        scheduleAt(time),
        ["key", "--at", time, "--to", "r/k"],
        ["list", "--until", time],
        ["list", "--from", time],
      ].map((args) => place.run([...args, ...berlin])),
    );
    for (const run of await Promise.all(runs)) {
      expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    }
    expect(place.files()).toEqual([]);
    const zulu = await place.run(["key", "--at", "2027-07-07 10:00 Z", "--to", "r/k"]);
    expect(zulu).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("T10:00:00.000Z") });
  });

  it("must name a zone", async () => {
    for (const zone of ["Europe/Berln", "+02:00"]) {
      const run = await place.run(["list", "--tz", zone]);
      expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`"${zone}"`) });
    }
  });

  it("is the zone that a TZ of POSIX names by a path", async () => {
    const link = join(place.folder, "localtime");
    await symlink("/usr/share/zoneinfo/America/Lima", link);
    const data = join(place.folder, "zoneinfo/posix/Asia");
    await mkdir(data, { recursive: true });
    await writeFile(join(data, "Tokyo"), "");
    const zones = [
      [":Europe/Berlin", "Europe/Berlin"],
      [`:${place.folder}/zoneinfo/posix/Asia/Tokyo`, "Asia/Tokyo"],
      ...(existsSync(link)
        ? [
            [`:${link}`, "America/Lima"],
            [link, "America/Lima"],
          ]
        : []),
    ] as const;
    for (const [TZ = "", zone] of zones) {
      const run = await place.runWith({ TZ }, scheduleAt("2096-11-25T09:00Z", "--dry-run"));
      expect(run).toMatchObject({ exitCode: 0, stderr: "" });
      expect(run.stdout).toContain(`:00 ${zone} (2096-11-25T09:00:00.000Z`);
    }
  });

  it.each(["CET-1CEST", "UTC0", "<+03>-3", "Europe/Berln", ":/no/such/file"])(
    "is UTC, with one note where a zone is needed, when TZ=%s",
    async (zone) => {
      const run = (...args: string[]) => place.runWith({ TZ: zone }, args);
      const note = `TZ="${zone}" has no IANA name such as Europe/Berlin, so times are read and shown in UTC. Give --tz or KEYWHEN_TZ.\n`;
      const scheduled = await run(...scheduleAt("2096-11-25T09:00Z"));
      expect(scheduled).toMatchObject({ exitCode: 0, stderr: note });
      expect(scheduled.stdout).toContain(" 09:00:00 UTC (2096-11-25T09:00:00.000Z");
      expect(await run("list")).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/^2096-11-25 09:00:00 \+00:00 /),
        stderr: note,
      });
      for (const args of [
        ["list", "--ids"],
        ["list", "--json", "--tz", "UTC"],
        ["list", "--json"],
        ["sweep", "--allow", "*"],
        ["schedule", "--in", "1h", "--json", ...to],
        ["schedule", "--in", "1h", "-q", ...to],
      ]) {
        expect(await run(...args)).toMatchObject({ exitCode: 0, stderr: "" });
      }
      expect((await run("run", "--for", "1s", "--allow", "*")).exitCode).toBe(0);
    },
  );

  it("is UTC when TZ is empty", async () => {
    const run = await place.runWith({ TZ: "" }, scheduleAt("2096-11-25T09:00Z"));
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(" 09:00:00 UTC") });
    const id = run.stdout.match(/'(.*)'/)?.[1] ?? "";
    for (const args of [["list"], ["show", id], ["decode", id], ["run", "--for", "1s"]]) {
      const shown = await place.runWith({ TZ: "" }, args);
      expect(shown.stderr).not.toContain("keywhen:");
      expect(shown.exitCode).toBe(0);
    }
  });

  it("refuses a time that happens twice, with both ways to write it", async () => {
    const run = await place.run(scheduleAt("2026-10-25T02:30", "--tz", "Europe/Berlin"));
    expect(run).toEqual({
      exitCode: 2,
      stdout: "",
      stderr:
        "keywhen: 2026-10-25T02:30 happens twice in Europe/Berlin. Write …T02:30+02:00 (before the clock goes back) or …T02:30+01:00 (after).\n",
    });
  });
});
