import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { useWorkplace } from "../testing/run-keywhen.js";

const ID = "2096-11-25T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap";
const DUE_ID = "2020-11-25T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap";
const STORE = ["-s", "file:./dtaa"];
const NOTE =
  "There is no folder ./dtaa/schedule yet, so nothing is scheduled there. The first event creates it; if you expected events, correct the store URL.\n";

/** A verb with its arguments, and the exit code, which is that of an empty schedule. */
const READS: readonly (readonly [number, readonly string[]])[] = [
  [0, ["list"]],
  [0, ["list", "--ids"]],
  [3, ["show", ID]],
  [3, ["show", "2096"]],
  [3, ["cancel", "-y", ID]],
  [3, ["cancel", "-n", ID]],
  [4, ["cancel", "-y", DUE_ID]],
  [3, ["reschedule", ID, "--in", "1m"]],
  [0, ["sweep", "--dry-run", "--allow", "*"]],
  [0, ["sweep", "--allow", "*"]],
  [0, ["dead", "list"]],
  [3, ["dead", "show", ID]],
  [3, ["dead", "redrive", ID]],
  [3, ["dead", "purge", "-y", ID]],
  [0, ["shards", "show"]],
  [0, ["migrate", "--from", "old", "--dry-run"]],
];

const place = useWorkplace({ inProcess: true });

const exists = () => existsSync(join(place.folder, "dtaa"));

describe("keywhen on a folder that does not exist", () => {
  it.each(READS)("says so, ends with %i and creates nothing: %j", async (exitCode, args) => {
    const [people, machines] = await Promise.all([
      place.run([...args, ...STORE]),
      place.run([...args, ...STORE, "--json"]),
    ]);
    expect(people.stderr.split(NOTE)).toHaveLength(2);
    expect(people.exitCode).toBe(exitCode);
    expect(machines.stderr).toBe(NOTE);
    expect(machines.exitCode).toBe(exitCode);
    expect(exists()).toBe(false);
  });

  it("says only what is wrong with the command line, if that is wrong", async () => {
    const { exitCode, stderr } = await place.run(["show", "x", ...STORE]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^keywhen: "x" is not an event's id[^\n]*\n$/);
  });

  it("says nothing of it with -q", async () => {
    expect(await place.run(["list", "-q", ...STORE])).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: "",
    });
    expect(exists()).toBe(false);
  });

  it("says so when run starts, which creates it for its lease", async () => {
    const run = await place.run(["run", "--allow", "*", "--for", "1s", ...STORE]);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toMatch(
      /^Sweeping file:\.\/dtaa every .*\nThere is no folder \.\/dtaa\/schedule yet, so nothing/,
    );
  });

  it("names the bucket's folder of a store that exists, and the path of a URL with escapes", async () => {
    await place.run(["schedule", "--in", "1h", "--to", "out/x", "--body", "x", ...STORE]);
    const other = await place.run(["list", "-s", "file:./dtaa?bucket=scheduel"]);
    expect(other.stderr).toContain("There is no folder ./dtaa/scheduel yet, so");
    const escaped = await place.run(["list", "-s", `file://${place.folder}/my%20data/`]);
    expect(escaped.stderr).toContain(`There is no folder ${place.folder}/my data/schedule yet, so`);
  });

  it("distinguishes a file from a missing folder", async () => {
    await writeFile(join(place.folder, "dtaa"), "text");
    for (const verb of [["list"], ["schedule", "--in", "1h", "--to", "out/x", "--body", "x"]]) {
      const run = await place.run([...verb, ...STORE]);
      expect(run).toMatchObject({ exitCode: 1, stdout: "" });
      expect(run.stderr).toMatch(
        /file:\.\/dtaa: \S*\/dtaa is a file, not a folder\. Correct --store/,
      );
    }
    const { stdout } = await place.run(["doctor", ...STORE]);
    expect(stdout).toMatch(
      /is a file, not a folder → correct the bucket's name or the store URL, or create/,
    );
  });

  it("does not say so of a folder that exists, nor when an event is scheduled", async () => {
    const schedule = ["schedule", "--in", "1h", "--to", "out/x", "--body", "x", ...STORE];
    const scheduled = await place.run(schedule);
    expect(scheduled.stderr).not.toContain("There is no folder");
    expect(scheduled.exitCode).toBe(0);
    expect((await place.run(["list", ...STORE])).stderr).toBe("");
  });

  it("does not promise the delivery of an event that it has not looked for", async () => {
    const { stderr } = await place.run(["cancel", "-y", DUE_ID, ...STORE]);
    expect(stderr).toContain("It was not changed. If it still waits, the next sweep delivers it.");
  });
});
