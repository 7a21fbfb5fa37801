import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace({ inProcess: true });

const DAILY = "--tz Europe/Berlin --name daily-report --to reminders/daily.json --body {}";
const EVERY = ["every", "0 9 * * 1-5", ...DAILY.split(" ")];
const MINUTELY = "every 1m --name refresh --to jobs/refresh.json --body hello";
const LINE = /^ {2}\d{4}-\d\d-\d\d 09:00:00 \+0[12]:00 {3}in \d+ \w+( \d+ \w+)?$/;

const jsonOf = async (args: string | readonly string[]) =>
  JSON.parse(
    (await place.run([...(typeof args === "string" ? args.split(" ") : args), "--json"])).stdout,
  );

describe("keywhen every", () => {
  it("stores a schedule, and prints its next five occurrences", async () => {
    const { exitCode, stdout, stderr } = await place.run(EVERY);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const [first, ...lines] = stdout.trimEnd().split("\n");
    expect(first).toBe(
      "Created: daily-report, '0 9 * * 1-5' in Europe/Berlin, to reminders/daily.json. Next:",
    );
    expect(lines).toEqual(Array.from({ length: 5 }, () => expect.stringMatching(LINE)));
  });

  it("changes nothing the second time, and updates what is different", async () => {
    await place.run(EVERY);
    expect(await jsonOf(EVERY)).toMatchObject({
      outcome: "unchanged",
      name: "daily-report",
      next: { occurrence: expect.stringMatching(/T09:00$/) },
      upcoming: { length: 5 },
    });
    const later = EVERY.map((word) => word.replace("0 9", "30 10"));
    expect(await jsonOf(later)).toMatchObject({ outcome: "updated" });
    expect((await jsonOf("schedules show daily-report")).rule).toEqual({
      cron: "30 10 * * 1-5",
      timeZone: "Europe/Berlin",
    });
  });

  it("shows the times in the rule's zone too, if it is another one", async () => {
    await place.run(EVERY);
    const { stdout } = await place.runWith(
      { TZ: "America/New_York" },
      "schedules show daily-report",
    );
    expect(stdout).toMatch(
      / 03:00:00 -0[45]:00 = \d{4}-\d\d-\d\d 09:00:00 \+0[12]:00 Europe\/Berlin /,
    );
  });

  it("reads a cron rule without a zone in UTC, and says so", async () => {
    const run = await place.run(["every", "0 9 * * *", "--name", "n", "--to", "a/b"], "payload");
    expect(run.stderr).toMatch(/^The rule's times are in UTC\. [^\n]*--tz Europe\/Berlin\.\n$/);
    expect(await jsonOf("schedules show n")).toMatchObject({ rule: { cron: "0 9 * * *" } });
  });

  it("takes the payload from a pipe of any length, with options for missed occurrences", async () => {
    const large = "x".repeat(5_000_000);
    const options = "--missed all --max-late 1h --window 30s --until 2099-01-01T00:00Z --meta a=b";
    const run = await place.run(
      `every 5m --from 2026-12-24T12:02Z --name n --to a/b --type text/plain ${options}`,
      large,
    );
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await jsonOf("schedules show n")).toMatchObject({
      rule: { every: "5m", from: "2026-12-24T12:02:00.000Z" },
      until: "2099-01-01T00:00:00.000Z",
      contentType: "text/plain",
      metadata: { a: "b" },
    });
    expect((await place.run("schedules show n")).stdout).toContain(
      " · delivers all that it missed · at most 1 h late · window 30 s · text/plain · metadata a=b\n",
    );
    await place.run("schedules trigger n");
    await place.run("sweep");
    expect(await readFile(join(place.folder, "data/a/b"), "utf8")).toBe(large);
  });

  it("stores nothing with --dry-run", async () => {
    const run = await place.run([...EVERY, "-n"]);
    expect(run).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Would create: daily-report, /),
    });
    expect(place.files()).toEqual([]);
  });
});

describe("keywhen schedules", () => {
  it("lists names with -q, and a line for each schedule", async () => {
    await place.run(EVERY);
    await place.run(MINUTELY.replace("1m", "24h"));
    expect((await place.run("schedules list -q")).stdout).toBe("daily-report\nrefresh\n");
    const { stdout } = await place.run("schedules list --prefix re");
    expect(stdout).toMatch(
      /^\d{4}-\S+ \S+ \+0\d:00 +in .+ +refresh +every 24h +jobs\/refresh\.json\n$/,
    );
  });

  it("pauses, resumes, skips, triggers and deletes", async () => {
    await place.run(EVERY);
    const { next } = await jsonOf("schedules show daily-report");
    expect(await jsonOf("schedules pause daily-report")).toMatchObject({ outcome: "paused" });
    expect(await jsonOf("schedules show daily-report")).toMatchObject({
      state: "paused",
      upcoming: [],
    });
    expect((await place.run(EVERY)).stdout).toMatch(/^Unchanged: .* It is paused: /);
    expect((await place.run("schedules skip daily-report")).exitCode).toBe(4);
    expect(await jsonOf("schedules resume daily-report")).toMatchObject({
      outcome: "resumed",
      next,
    });
    expect(await jsonOf("schedules skip daily-report")).toMatchObject({ skipped: next });
    const triggered = await jsonOf("schedules trigger daily-report");
    expect((await place.run("list --ids")).stdout).toContain(`${triggered.id}\n`);
    expect(await jsonOf("schedules delete daily-report")).toMatchObject({ outcome: "deleted" });
    expect((await place.run("schedules list")).stdout).toBe("");
    for (const verb of ["show", "pause", "resume", "skip", "trigger", "delete"]) {
      const run = await place.run(["schedules", verb, "daily-report", "--json"]);
      expect([run.exitCode, JSON.parse(run.stdout)]).toEqual([
        3,
        expect.objectContaining({ outcome: "not-found" }),
      ]);
    }
  });

  it("quotes a name where a shell would divide it", async () => {
    const name = "ann's report";
    await place.run(["every", "1h", "--name", name, "--to", "a/b", "--body", "x"]);
    await place.run(["schedules", "pause", name]);
    const { stderr } = await place.run(["schedules", "skip", name]);
    expect(stderr).toContain(String.raw`Run keywhen schedules resume 'ann'\''s report' first.`);
  });

  it("previews a rule over a change of clocks, and stores nothing", async () => {
    const rule = [
      "schedules",
      "preview",
      "30 2 29 3 *",
      "--tz",
      "Europe/Berlin",
      "--count",
      "20",
      "-q",
    ];
    const { stdout } = await place.run(rule);
    const years = stdout.trimEnd().split("\n");
    expect(years).toHaveLength(20);
    expect(years).toContain("2043-03-29T01:00:00.000Z"); // skipped on that day, so at the end of the gap
    expect(place.files()).toEqual([]);
  });
});

/** Stores a schedule that recurs each hour, an hour ago. */
async function scheduleAnHourAgo(): Promise<void> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
  await place.run("every 1h --name hourly --to jobs/hourly.json --body hello");
  vi.useRealTimers();
}

describe.each(["sweep", "run --for 1s"])("keywhen %s", (command) => {
  it("delivers what is due of a schedule, and goes on with its next occurrence", async () => {
    await scheduleAnHourAgo();
    const before = await jsonOf("schedules show hourly");
    expect((await place.run(command)).exitCode).toBe(0);
    expect(await readFile(join(place.folder, "data/jobs/hourly.json"), "utf8")).toBe("hello");
    const after = await jsonOf("schedules show hourly");
    expect(after.last.occurrence).toBe(before.next.occurrence);
    expect(Date.parse(after.next.at)).toBeGreaterThan(Date.now());
  });
});
