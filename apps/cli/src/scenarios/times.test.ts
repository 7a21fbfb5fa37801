import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace({ inProcess: true });

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

  it("does not allow an abbreviation, in every verb", async () => {
    for (const verb of ["schedule --to r/k --body x --at", "key --to r/k --at", "list --until"]) {
      const args = [...verb.split(" "), "2027-07-07 10:00 CET", "--tz", "Europe/Berlin"];
      expect(await place.run(args)).toMatchObject({ exitCode: 2, stdout: "" });
    }
    expect(place.files()).toEqual([]);
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
});
