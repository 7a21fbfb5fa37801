import { describe, expect, it } from "vitest";
import { addFailingStore, FAILING } from "../testing/adapter-modules.js";
import { useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace({ inProcess: true });

const PAST = "2026-01-01T00:00:00.000Z";
const THIRD = `${PAST}|wrong|3.json`;

/** Dead-letters events whose target is not allowed, and returns their ids. */
async function letterOf(...keys: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const key of keys) {
    const args = ["schedule", "--at", PAST, "--to", key, "--body", '{"n":1}', "-q"];
    ids.push((await place.run(args)).stdout.trim());
  }
  await place.run(["schedule", "--at", PAST, "--to", "nowhere/allowed", "--body", "x"]);
  await place.run("sweep --allow nowhere/*"); // delivers one, so that its pattern is not all wrong
  return ids;
}

const waiting = async () => (await place.run("list --ids")).stdout;
const dead = async () => (await place.run("dead list --ids")).stdout;

describe("keywhen dead list", () => {
  it("prints when and why each died, in due order, and what to do", async () => {
    const [id] = await letterOf("wrong/7.json");
    const run = await place.run("dead list");
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(
      /^died \d+ \w+ (\d{4} )?\d\d:\d\d · target-not-allowed · wrong\/7\.json\n$/,
    );
    expect(run.stderr).toBe(`Fix the cause, then run: keywhen dead redrive '${id}'\n`);
    expect((await place.run("dead list -q")).stderr).toBe("");
  });

  it("prints the store's error for an event that failed for too long, and hints at redriving many", async () => {
    await letterOf("wrong/1.json");
    await addFailingStore(place);
    await place.run(["schedule", "--at", PAST, "--to", "gone/7.json", "--body", "x"]);
    const sweep = ["sweep", "--max-age", "1ms", "--allow", "gone/*", ...FAILING];
    expect((await place.run(sweep)).stdout).toContain("1 dead-lettered");
    const run = await place.run("dead list");
    expect(run.stdout).toMatch(
      / · max-age · no-such-bucket · gone\/7\.json\n.* · wrong\/1\.json\n$/,
    );
    expect(run.stderr).toContain("keywhen dead list --ids | keywhen dead redrive -");
  });

  it("asks for a decision about what expired, alone and among others", async () => {
    const expired = ["schedule", "--at", PAST, "--expires-after", "1s", "--to", "nowhere/7.json"];
    const id = (await place.run([...expired, "--body", "x", "-q"])).stdout.trim();
    await place.run("sweep --allow nowhere/*");
    expect((await place.run("dead list")).stderr).toBe(
      `If an expired event still has a value, run: keywhen dead redrive '${id}'. Otherwise: keywhen dead purge '${id}'\n`,
    );
    await letterOf("wrong/7.json");
    expect((await place.run("dead list")).stderr).toBe(
      "If an expired event still has a value, run: keywhen dead redrive ID. Otherwise: keywhen dead purge ID\nFix the cause of the others before you redrive them.\n",
    );
  });

  it("filters as list does, and prints ids or letters one a line", async () => {
    const [one, two, three] = await letterOf("wrong/1.json", "wrong/2.json", "other/3.json");
    expect(await dead()).toBe([three, one, two].join("\n").concat("\n"));
    const ids = async (...args: string[]) =>
      (await place.run(["dead", "list", "--ids", ...args])).stdout.trim();
    expect(await ids("--to", "wrong/2.json")).toBe(two);
    expect(await ids("--to", "wrong/*", "--limit", "1")).toBe(one);
    expect(await ids("--after", one ?? "")).toBe(two);
    expect(await ids("--from", "2026-01-02T00:00Z")).toBe("");
    const { stdout, stderr } = await place.run("dead list --to other --json");
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({
      id: three,
      at: PAST,
      to: { bucket: "other", key: "3.json" },
      reason: "target-not-allowed",
      diedAt: expect.stringMatching(/Z$/),
      error: { code: "target-not-allowed", message: expect.stringContaining("allowTargets") },
    });
  });

  it("takes its common options before each of its verbs", async () => {
    const [id] = await letterOf("wrong/1.json");
    for (const args of [
      ["-s", "file:./data", "dead", "list", "--ids"],
      ["-s", "file:./other", "dead", "-s", "file:./data", "list", "--ids"],
      ["dead", "-s", "file:./other", "list", "-s", "file:./data", "--ids"],
    ]) {
      expect((await place.runWith({ KEYWHEN_STORE: "" }, args)).stdout).toBe(`${id}\n`);
    }
  });
});

describe("keywhen dead show", () => {
  it("prints why it died and what it was, by the beginning of its id", async () => {
    await letterOf("wrong/7.json");
    const run = await place.run("dead show 2026-01");
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(
      /^died .* · target-not-allowed: wrong\/7\.json is outside allowTargets \(nowhere\/\*\) · due Thu 1 Jan 2026, .* · to wrong\/7\.json · 7 bytes, application\/json · delivery id /,
    );
    expect((await place.run("dead show 2026-01 --body")).stdout).toBe('{"n":1}');
  });

  it("exits 3 if there is no such letter, though the event waits", async () => {
    await place.run(["schedule", "--at", PAST, "--to", "a/b", "--body", "x"]);
    const run = await place.run("dead show 2026-01");
    expect(run).toMatchObject({ exitCode: 3, stdout: "" });
  });
});

describe("keywhen dead redrive", () => {
  it("makes it due now, with its body, and prints the new id", async () => {
    const [id = ""] = await letterOf("wrong/7.json");
    const run = await place.run(["dead", "redrive", id]);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toMatch(/^Redriven, due \w+ \d+ \w+ \d+, .*: '.*\|wrong\|7\.json\|.*'\n$/);
    expect(run.stdout).toContain(`'${(await waiting()).trim()}'`);
    expect(await dead()).toBe("");
    expect(await place.run("sweep --allow wrong/*")).toMatchObject({ exitCode: 0 });
    expect(place.files()).toContain("7.json");
    expect(await place.run(["dead", "redrive", id])).toMatchObject({ exitCode: 3 });
  });

  it("makes it due at the given time, and prints both ids with --json", async () => {
    const [id = ""] = await letterOf("wrong/7.json");
    const at = "2096-12-24T08:00:00.000Z";
    const run = await place.run(["dead", "redrive", id, "--at", at, "--json"]);
    const printed = JSON.parse(run.stdout);
    expect(printed).toEqual({ outcome: "redriven", id: (await waiting()).trim(), at, deadId: id });
    expect(printed.id).toContain(at);
  });

  it("changes nothing with --dry-run", async () => {
    const [id = ""] = await letterOf("wrong/7.json");
    const run = await place.run(["dead", "redrive", id, "--in", "5m", "-n"]);
    expect(run).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Would redrive, due /),
    });
    expect(await dead()).toBe(`${id}\n`);
    expect(await waiting()).toBe("");
  });

  it("takes ids from a pipe, and exits 6 if only some are there", async () => {
    await letterOf("wrong/1.json", "wrong/2.json");
    const run = await place.run("dead redrive -", `${THIRD}\n${await dead()}`);
    expect(run).toMatchObject({ exitCode: 6, stderr: expect.stringContaining(`'${THIRD}'`) });
    expect(await dead()).toBe("");
    expect((await waiting()).trim().split("\n")).toHaveLength(2);
  });
});

describe("keywhen dead purge", () => {
  it("deletes it permanently", async () => {
    const [id = ""] = await letterOf("wrong/7.json");
    const dry = await place.run(["dead", "purge", id, "-n"]);
    expect(dry).toMatchObject({ exitCode: 0, stdout: "Would delete permanently: wrong/7.json.\n" });
    expect(await dead()).toBe(`${id}\n`);
    const run = await place.run(["dead", "purge", id, "--json"]);
    expect(JSON.parse(run.stdout)).toEqual({ outcome: "purged", id });
    expect(await dead()).toBe("");
    expect(await place.run(["dead", "purge", id])).toMatchObject({ exitCode: 3, stdout: "" });
  });

  it("takes ids from a pipe", async () => {
    await letterOf("wrong/1.json", "wrong/2.json");
    const run = await place.run("dead purge -", await dead());
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await dead()).toBe("");
  });
});
