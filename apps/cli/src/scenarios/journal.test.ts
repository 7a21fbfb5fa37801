import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { addModule, byModule } from "../testing/adapter-modules.js";
import { useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace({ inProcess: true });

const schedule = async (to: string, ...args: string[]) => {
  const given = ["schedule", "--at", "2026-01-01T00:00Z", "--to", to, "--body", "hello", "-q"];
  return (await place.run([...given, ...args])).stdout.trim();
};
const linesOf = (text: string) => text.trimEnd().split("\n");
const jsonOf = (text: string) => linesOf(text).map((line) => JSON.parse(line));
const outcomes = async (args: string) =>
  jsonOf((await place.run(`log --json ${args}`)).stdout).map(({ outcome }) => outcome);

/** One event that is delivered, and one that has expired. */
async function sweepTwo() {
  const delivered = await schedule("inbox/a.txt");
  const expired = await schedule("inbox/b.txt", "--expires-after", "1m");
  const sweep = await place.run("sweep --journal");
  expect(sweep).toMatchObject({ exitCode: 6, stdout: expect.stringContaining("Delivered 1 of 2") });
  return { delivered, expired };
}

/** Writes an object of the journal for each of these failed tries, one a second from the due instant. */
function writeFailures(id: string, count: number): void {
  const [dueAt = ""] = id.split("|");
  const folder = join(place.folder, "data/schedule/keywhen/journal/2026/01/01");
  mkdirSync(folder, { recursive: true });
  const target = { bucket: "inbox", key: "a.txt" };
  const error = { code: "failed", message: "no" };
  for (let second = 0; second < count; second++) {
    const at = new Date(Date.parse(dueAt) + second * 1_000).toISOString();
    const entry = { v: 1, at, outcome: "failed", id, dueAt, target, error };
    const name = `${at.slice(11).replaceAll(":", "")}-7k3m9p2q4r5t.ndjson`;
    writeFileSync(join(folder, name), JSON.stringify(entry));
  }
}

describe("keywhen log", () => {
  it("shows what became of each event, in readable columns", async () => {
    const ids = await sweepTwo();
    const run = await place.run("log");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0[12]:00`;
    expect(linesOf(run.stdout).sort((one, other) => one.length - other.length)).toEqual([
      expect.stringMatching(
        new RegExp(String.raw`^${time}   delivered +[\d,]+ d( \d+ h)? late   inbox/a\.txt   5 B$`),
      ),
      expect.stringMatching(
        new RegExp(String.raw`^${time}   expired +inbox/b\.txt   its delivery had to start by `),
      ),
    ]);
    const quiet = await place.run("log -q");
    expect(linesOf(quiet.stdout).sort()).toEqual([ids.delivered, ids.expired].sort());
  });

  it("prints each entry as one line of JSON", async () => {
    const { delivered } = await sweepTwo();
    const run = await place.run("log --json --outcome delivered");
    expect(jsonOf(run.stdout)).toEqual([
      {
        at: expect.stringMatching(/Z$/),
        outcome: "delivered",
        id: delivered,
        deliveryId: delivered.split("|")[3],
        dueAt: "2026-01-01T00:00:00.000Z",
        target: { bucket: "inbox", key: "a.txt" },
        by: expect.stringMatching(/^(copy|move)$/),
        startedAt: expect.stringMatching(/Z$/),
        latenessMs: expect.any(Number),
        size: 5,
        sweeper: expect.stringContaining(String(process.pid)),
      },
    ]);
  });

  it("restricts by target, outcome, time and number", async () => {
    await sweepTwo();
    expect(await outcomes("--target inbox/a.txt")).toEqual(["delivered"]);
    expect(await outcomes("--target inbox/b*")).toEqual(["expired"]);
    expect(await outcomes("--target inbox --outcome dead,expired")).toEqual(["expired"]);
    expect(await outcomes("--since 1h --limit 1")).toHaveLength(1);
    expect(await outcomes("--since 1970-01-01T00:00Z")).toHaveLength(2);
    const past = await place.run("log --since 2d --until 1d");
    expect(past).toMatchObject({ exitCode: 0, stdout: "" });
    expect(past.stderr).toBe("The journal has no such entry. Try a longer --since.\n");
  });

  it("takes the times that its help shows, and refuses what is no time", async () => {
    await sweepTwo();
    for (const since of ["1h", "7d", "2026-01-01T09:00Z", "yesterday 9am"]) {
      const run = await place.run(["log", "--since", since, "--tz", "UTC"]);
      expect(run, since).toMatchObject({ exitCode: 0, stderr: "" });
    }
    const run = await place.run("log --until 2026-12-24T25:00Z");
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("not a real time") });
    expect(run.stderr).not.toContain("bug");
  });

  it("shows the newest ones with --limit", async () => {
    for (const name of ["a", "b", "c"]) {
      await schedule(`inbox/${name}`);
      await place.run("sweep --journal");
    }
    const run = await place.run("log --limit 2 --json");
    expect(jsonOf(run.stdout).map(({ target }) => target.key)).toEqual(["b", "c"]);
  });

  it("exits 3 without a journal", async () => {
    await schedule("inbox/a.txt");
    await place.run("sweep");
    const run = await place.run("log");
    expect(run).toMatchObject({ exitCode: 3, stdout: "" });
    expect(run.stderr).toMatch(
      /^keywhen: There is no journal at file:\.\/data\. Start the sweeper/,
    );
    const json = await place.run("log --json -s file:./nowhere");
    expect(json).toMatchObject({ exitCode: 3, stdout: "" });
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: "not-found" } });
  });

  it("leaves out a damaged line, and says which", async () => {
    await sweepTwo();
    const folder = join(place.folder, "data/schedule/keywhen/journal/2026/11/30");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "080000.412Z-7k3m9p2q4r5t.ndjson"), "x\n");
    const run = await place.run("log --since 2026-11-30T00:00Z");
    expect(linesOf(run.stdout)).toHaveLength(2);
    expect(run.stderr).toMatch(/^left out: \S+7k3m9p2q4r5t\.ndjson, line 1: it \w.*\n$/);
  });
});

describe("keywhen show", () => {
  it("shows an event after its delivery", async () => {
    const { delivered, expired } = await sweepTwo();
    const run = await place.run(["show", delivered]);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toMatch(
      /^delivered .* Europe\/Berlin · [\d,]+ d( \d+ h)? late · to inbox\/a\.txt · 5 B · sweeper .*\n$/,
    );
    const json = await place.run(["show", expired, "--json"]);
    expect(jsonOf(json.stdout)).toMatchObject([{ id: expired, outcome: "expired" }]);
    expect((await place.run(["show", `keywhen/pending/${delivered}`, "-q"])).stdout).toBe(
      `${delivered}\n`,
    );
  });

  it("shows an occurrence of a recurring schedule, by the id that the log prints", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 7_200_000 });
    await place.run("every 1h --name hourly --to inbox/hourly.txt --body hello");
    vi.useRealTimers();
    await place.run("sweep --journal");
    const [id = ""] = linesOf((await place.run("log -q")).stdout);
    expect(id).toContain("|hourly@");
    const run = await place.run(["show", id]);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toMatch(/^delivered .* to inbox\/hourly\.txt · 5 B/);
    expect(await place.run(["show", id, "--body"])).toMatchObject({ exitCode: 2, stdout: "" });
  });

  it("reads at most 2,000 objects of the journal without --until, and says if there are more", async () => {
    const never = "2026-01-01T00:00:00.000Z|inbox|cancelled.txt|d";
    const id = await schedule("inbox/a.txt");
    writeFailures(id, 2_000);
    await place.run("sweep --journal");
    const note = /The journal was read until [^\n]*\. To read all of it, add --until now\.\n/;
    const unknown = await place.run(["show", never]);
    expect(unknown).toMatchObject({ exitCode: 3, stdout: "", stderr: expect.stringMatching(note) });
    const cut = await place.run(["show", id]);
    expect(cut).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(note) });
    expect(linesOf(cut.stdout)).toHaveLength(2_000);
    const whole = await place.run(["show", id, "--until", "now", "--json"]);
    expect(whole).toMatchObject({ exitCode: 0, stderr: "" });
    expect(jsonOf(whole.stdout).at(-1)).toMatchObject({ outcome: "delivered" });
  });

  it("finds no payload then, and nothing of an event that the journal does not have", async () => {
    const { delivered } = await sweepTwo();
    expect(await place.run(["show", delivered, "--body"])).toMatchObject({ exitCode: 3 });
    const other = "2026-01-01T00:00:00.000Z|inbox|c.txt|d";
    expect(await place.run(["show", other])).toMatchObject({ exitCode: 3, stdout: "" });
  });

  it("finds nothing with a role that may not read the journal, and log explains it", async () => {
    const { delivered } = await sweepTwo();
    await addModule(
      place,
      "without-journal",
      `export const open = async (url, env) => {
  const home = await openFolder(url, env);
  const store = wrapStore(home.store, (request, call, send) => {
    if (!String(request.prefix ?? request.key).includes("/journal/")) return send(call);
    throw new ObjectStoreError({ code: "denied", operation: request.kind, ...home, message: "No" });
  });
  return { ...home, store };
};`,
    );
    const store = byModule("without-journal");
    expect(await place.run(["show", delivered, ...store])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("There is no waiting event"),
    });
    expect(await place.run(["log", ...store])).toMatchObject({ exitCode: 1, stdout: "" });
  });
});

describe("keywhen run", () => {
  it("keeps a journal, also by KEYWHEN_JOURNAL", async () => {
    for (const [env, args] of [
      [{}, "--journal"],
      [{ KEYWHEN_JOURNAL: "true" }, ""],
    ] as const) {
      await schedule("inbox/a.txt");
      await place.runWith(env, `run --for 500ms ${args}`.trim());
    }
    expect(await outcomes("--outcome delivered")).toEqual(["delivered", "delivered"]);
    await schedule("inbox/a.txt");
    await place.runWith({ KEYWHEN_JOURNAL: "false" }, "sweep");
    expect(await outcomes("--outcome delivered")).toHaveLength(2);
  });
});
