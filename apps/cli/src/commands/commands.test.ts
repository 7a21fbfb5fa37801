import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace({ inProcess: true });

const FUTURE = "2096-11-25T08:00:00.000Z";
const ID = `${FUTURE}|reminders|42.json|order-42`;
const TIME_AND_TARGET = `--at ${FUTURE} --to reminders/42.json --delivery-id order-42`.split(" ");
const SCHEDULE = ["schedule", ...TIME_AND_TARGET];
const scheduleIt = () => place.run([...SCHEDULE, "--body", '{"userId":42}']);

describe("keywhen schedule", () => {
  it("stores the event and echoes the instant in the machine's zone and in UTC", async () => {
    const run = await scheduleIt();
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(
      /^Scheduled for Sun 25 Nov 2096, 09:00:00 Europe\/Berlin \(2096-11-25T08:00:00\.000Z, in [\d,]+ d( \d+ h)?\): '2096-11-25T08:00:00\.000Z\|reminders\|42\.json\|order-42'\n$/,
    );
    expect((await place.run(["show", ID, "--body"])).stdout).toBe('{"userId":42}');
  });

  it("prints what the API returns with --json", async () => {
    const run = await place.run([...SCHEDULE, "--body", "x", "--json"]);
    expect(JSON.parse(run.stdout)).toEqual({
      outcome: "scheduled",
      id: ID,
      at: FUTURE,
      to: { bucket: "reminders", key: "42.json" },
      deliveryId: "order-42",
    });
  });

  it("prints the id alone with -q", async () => {
    expect((await place.run([...SCHEDULE, "--body", "x", "-q"])).stdout).toBe(`${ID}\n`);
  });

  it("exits 5 for a delivery id that is there, and overwrites nothing", async () => {
    await scheduleIt();
    const run = await place.run([...SCHEDULE, "--body", "other"]);
    expect(run).toMatchObject({ exitCode: 5, stdout: expect.stringContaining("Already there") });
    expect((await place.run(["show", ID, "--body"])).stdout).toBe('{"userId":42}');
  });

  it("exits 4 when a chosen delivery id comes too late, and stores nothing", async () => {
    const args = ["schedule", "--at", "2026-01-01T00:00Z", "--to", "a/b", "--delivery-id", "x"];
    const run = await place.run([...args, "--body", ""]);
    expect(run).toMatchObject({ exitCode: 4, stdout: "" });
    expect(place.files()).toEqual([]);
  });

  it("limits how late it is delivered, and spreads events", async () => {
    const expiring = await place.run([...SCHEDULE, "--expires-after", "10m", "--body", "x", "-q"]);
    expect(expiring.stdout).toBe(`${ID}~x600000\n`);
    const expiresAt = "2096-11-25T08:10:00.000Z";
    const listed = await place.run(["list", "--json"]);
    expect(JSON.parse(listed.stdout)).toMatchObject({ expiresAt });
    const shown = await place.run(["show", `${ID}~x600000`]);
    expect(shown.stdout).toMatch(
      /^due .* · expires Sun 25 Nov 2096, 09:10:00 Europe\/Berlin · to /,
    );
    const spread = await place.run([...SCHEDULE, "--window", "15m", "--body", "x", "--json"]);
    expect(JSON.parse(spread.stdout)).toMatchObject({ at: "2096-11-25T08:07:19.703Z" });
    const wrong = await place.run([...SCHEDULE, "--expires-after", "1", "--body", "x"]);
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("not a duration") });
  });

  it("warns of an instant that is so long past that the event has expired", async () => {
    const args = "schedule --at 2026-01-01T00:00Z --expires-after 10m --to a/b";
    const run = await place.run(args, "x");
    expect(run).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("has expired") });
    const sweep = await place.run("sweep");
    expect(sweep).toMatchObject({
      exitCode: 6,
      stdout: expect.stringContaining("1 expired (keywhen dead list)"),
      stderr: expect.stringMatching(/^expired, dead-lettered: '.*': its delivery had to start by /),
    });
    expect((await place.run("dead list")).stdout).toMatch(/^died .* · expired · a\/b\n$/);
  });

  it("warns of an instant that is long past", async () => {
    const run = await place.run("schedule --at 2026-01-01T00:00Z --to a/b", "x");
    expect(run).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("the next sweep") });
  });

  it("takes the payload from a pipe, without a type", async () => {
    await place.run(SCHEDULE, "hello");
    const shown = JSON.parse((await place.run(["show", ID, "--json"])).stdout);
    expect(shown).toMatchObject({ size: 5 });
    expect((await place.run(["show", ID, "--body"])).stdout).toBe("hello");
  });

  it("takes a file, its type by its name, and metadata", async () => {
    await writeFile(join(place.folder, "note.txt"), "hello");
    const meta = ["--meta", "kind=note", "--meta", "lang=de=at"];
    await place.run([...SCHEDULE, "--file", "note.txt", ...meta]);
    const shown = await place.run(["show", ID, "--json"]);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      size: 5,
      contentType: "text/plain",
      metadata: { kind: "note", lang: "de=at" },
    });
  });

  it("takes a payload that looks like an option", async () => {
    await place.run([...SCHEDULE, "--body", "--json"]);
    expect((await place.run(["show", ID, "--body"])).stdout).toBe("--json");
  });

  it("stores nothing with --dry-run", async () => {
    const run = await place.run([...SCHEDULE, "--body", "x", "--dry-run"]);
    expect(run).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Would schedule for /),
    });
    expect(place.files()).toEqual([]);
  });
});

describe("keywhen list", () => {
  it("prints one line an event in due order, in the machine's zone", async () => {
    await scheduleIt();
    await place.run("schedule --at 2095-07-01T00:00Z --to a/b", "x");
    const { stdout } = await place.run("list");
    const [first, second] = stdout.split("\n");
    expect(first).toMatch(/^2095-07-01 02:00:00 \+02:00 .* 1 B {3}a\/b$/);
    expect(second).toMatch(/^2096-11-25 09:00:00 \+01:00 .* 13 B {3}reminders\/42\.json$/);
  });

  it("prints only ids with -q", async () => {
    await scheduleIt();
    expect(await place.run("list -q")).toEqual({ exitCode: 0, stdout: `${ID}\n`, stderr: "" });
    expect(JSON.parse((await place.run("list -q --json")).stdout)).toMatchObject({
      id: ID,
    });
  });

  it("prints one object a line with --json", async () => {
    await scheduleIt();
    const { stdout } = await place.run("list --json");
    expect(JSON.parse(stdout)).toMatchObject({ id: ID, at: FUTURE, size: 13 });
  });

  it("filters by time and target, and limits the number", async () => {
    for (const key of ["a/1", "a/2", "b/1"]) {
      await place.run(["schedule", "--in", "1h", "--to", `bucket/${key}`], "x");
    }
    await place.run("schedule --in 3d --to bucket/a/3", "x");
    const keys = async (...args: string[]) => {
      const { stdout } = await place.run(["list", "--ids", ...args]);
      return stdout
        .trim()
        .split("\n")
        .map((id) => id.split("|")[2]);
    };
    expect(await keys("--until", "+1d", "--to", "bucket/a/*")).toEqual(["a/1", "a/2"]);
    expect(await keys("--from", "+1d")).toEqual(["a/3"]);
    expect(await keys("--to", "bucket/b/1")).toEqual(["b/1"]);
    expect(await keys("--limit", "2")).toEqual(["a/1", "a/2"]);
    const first = (await place.run("list --ids --limit 1")).stdout.trim();
    expect(await keys("--after", first)).toEqual(["a/2", "b/1", "a/3"]);
  });

  it.each(["list", "list --json", "dead list"])(
    "prints nothing for an empty schedule off a terminal: %s",
    async (args) => {
      await place.makeEmptySchedule();
      expect(await place.run(args)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    },
  );
});

describe("keywhen show", () => {
  it("prints instant, target, size, type and delivery id", async () => {
    await scheduleIt();
    expect((await place.run(["show", ID])).stdout).toBe(
      "due Sun 25 Nov 2096, 09:00:00 Europe/Berlin · to reminders/42.json · 13 bytes, application/json · delivery id order-42\n",
    );
  });

  it("takes the unique beginning of an id", async () => {
    await scheduleIt();
    expect(await place.run("show 2096-11-25T08")).toMatchObject({ exitCode: 0 });
    const cut = await place.run(["show", `${FUTURE}|reminders|42.json`]); // an id as well
    expect(cut.stdout).toContain("delivery id order-42");
  });

  it("exits 2 for the beginning of several, and names them", async () => {
    await scheduleIt();
    await place.run("schedule --at 2096-12-01T00:00Z --to a/b", "x");
    const run = await place.run("show 2096");
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`'${ID}'`) });
  });

  it.each(["show", "cancel", "reschedule --in 1h", "dead show", "dead purge", "dead redrive"])(
    "prints an id that isn't there as an outcome with --json: %s",
    async (verb) => {
      await place.makeEmptySchedule();
      const json = await place.run(`${verb} ${ID} --json`);
      expect(json).toMatchObject({ exitCode: 3, stderr: "" });
      expect(JSON.parse(json.stdout)).toMatchObject({ outcome: "not-found" });
      expect(json.stdout).toContain(ID);
    },
  );
});

describe("keywhen sweep", () => {
  const past = ["schedule", "--at", "2026-01-01T00:00Z", "--to", "out/x.txt", "-q"];

  it("delivers what is due and leaves the rest", async () => {
    await scheduleIt();
    await place.run(past, "hello");
    const run = await place.run("sweep");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toMatch(/^Delivered 1 of 1 due in .* · lateness median .* · 0 retrying\n$/);
    expect(place.files()).toContain("x.txt");
    expect((await place.run("list --ids")).stdout).toBe(`${ID}\n`);
    expect((await place.run("sweep")).stdout).toBe("Nothing is due · 0 retrying\n");
  });

  it("prints the report with --json", async () => {
    await place.run(past, "hello");
    const run = await place.run("sweep --json --deadline 30s");
    expect(JSON.parse(run.stdout)).toMatchObject({ outcome: "swept", due: 1, delivered: 1 });
  });

  it("exits 6 and says why if a target is not allowed", async () => {
    await place.run(past, "hello");
    const run = await place.runWith({ KEYWHEN_ALLOW_TARGETS: "a/*, b/*" }, ["sweep"]);
    expect(run).toMatchObject({ exitCode: 6, stderr: expect.stringContaining("--allow") });
    expect(run.stderr).toContain("left where it is: ");
    expect(run.stderr).toMatch(/out\/\S+ is outside allowTargets \(a\/\*, b\/\*\)/);
    expect(run.stdout).toContain("1 left in place");
    expect(await place.run("sweep --allow a/* out/*")).toMatchObject({ exitCode: 0 });
  });

  it("only counts with --dry-run", async () => {
    await place.run(past, "hello");
    expect((await place.run("sweep -n")).stdout).toMatch(/^Would deliver 1 of 1 due/);
    expect((await place.run("list --ids")).stdout).not.toBe("");
  });
});

describe("keywhen key", () => {
  it("prints the key alone, without a store", async () => {
    const args = ["key", ...TIME_AND_TARGET];
    const run = await place.runWith({ KEYWHEN_STORE: "" }, args);
    expect(run).toEqual({ exitCode: 0, stdout: `keywhen/pending/${ID}\n`, stderr: "" });
    const json = await place.run([...args, "--root", "acme/jobs", "--json"]);
    const key = `acme/jobs/pending/${ID}`;
    expect(JSON.parse(json.stdout)).toEqual({ key, bytes: key.length });
  });

  it("takes the root of a bucket's URL, and refuses one that can't be, without a request", async () => {
    const keyAt = (store: string) => place.run(["key", "--in", "1h", "--to", "a/b", "-s", store]);
    expect((await keyAt("s3://acme/acme%2Djobs/eu")).stdout).toMatch(/^acme-jobs\/eu\/pending\//);
    expect((await keyAt("s3://acme")).stdout).toMatch(/^keywhen\/pending\//);
    const wrong = await keyAt("s3://acme/%zz");
    expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
  });

  it("takes the root of the store that is given", async () => {
    const run = await place.run(["key", "--in", "1h", "--to", "a/b", "-s", "file:./d?root=other"]);
    expect(run.stdout).toMatch(/^other\/pending\//);
  });
});

describe("keywhen decode", () => {
  it("prints what a key or an id says", async () => {
    for (const text of [ID, `acme/jobs/pending/${ID}`]) {
      const run = await place.run(["decode", text, "--json"]);
      expect(JSON.parse(run.stdout)).toEqual({
        id: ID,
        at: FUTURE,
        to: { bucket: "reminders", key: "42.json" },
        deliveryId: "order-42",
      });
    }
    expect((await place.run(["decode", ID])).stdout).toContain("to reminders/42.json");
    const expiring = await place.run(["decode", `${ID}~x600000~4690a721`]);
    expect(expiring.stdout).toContain(
      " · delivery id order-42 · expires Sun 25 Nov 2096, 09:10:00 Europe/Berlin · moved (~4690a721)",
    );
  });

  it("prints the schedule and the occurrence of a wake-up", async () => {
    const id = `${FUTURE}|reminders|daily.json|daily@2096-11-25T09:00~ghijklmn`;
    expect((await place.run(["decode", `keywhen/pending/${id}`])).stdout).toMatch(
      /^wake-up of the schedule daily, occurrence 2096-11-25T09:00 · due .* · to reminders\/daily\.json\n$/,
    );
    expect(JSON.parse((await place.run(["decode", id, "--json"])).stdout)).toMatchObject({
      schedule: "daily",
      occurrence: "2096-11-25T09:00",
    });
  });
});

describe("keywhen", () => {
  it("prints its version, and leads its help with examples", async () => {
    expect((await place.run("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    for (const args of [
      "--help",
      "schedule --help",
      "help sweep",
      "dead --help",
      "dead redrive -h",
    ]) {
      const help = await place.run(args);
      expect(help).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Examples:\n/) });
    }
  });

  it("prints each request with -v", async () => {
    await place.makeEmptySchedule();
    const run = await place.run("list -v");
    expect(run.stderr).toMatch(
      /^get schedule\/keywhen\/shards\.json {2}\d+ ms\nlist schedule\/keywhen\/pending\/ {2}\d+ ms\n$/,
    );
  });

  it("takes its common options before the verb as well", async () => {
    await place.run("-s file:./other schedule --in 1h --to a/b", "x");
    expect((await place.run("list -s file:./other")).stdout).toContain("a/b");
    expect((await place.run("list")).stdout).toBe("");
  });
});

describe("keywhen VERB --help", () => {
  it("shows the verb's own options first, and no --store where no store is opened", async () => {
    for (const verb of ["decode", "cost", "completion"]) {
      const { stdout } = await place.run([verb, "--help"]);
      expect(stdout).not.toContain("--store");
      expect(stdout).toMatch(/\nEverywhere:\n(?: .*\n)* {2}-h, --help .*\n$/);
    }
    const { stdout } = await place.run("schedule --help");
    expect(stdout).toMatch(/\nOptions:\n.*--at.*\nEverywhere:\n.*--store/s);
  });
});
