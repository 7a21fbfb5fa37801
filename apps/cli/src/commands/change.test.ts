import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addSlowStore, SLOW, scheduleDue } from "../testing/adapter-modules.js";
import { useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace({ inProcess: true });

const FUTURE = "2096-11-25T08:00:00.000Z";
const ID = `${FUTURE}|reminders|42.json|order-42`;

const scheduleIt = () =>
  place.run(`schedule --at ${FUTURE} --to reminders/42.json --delivery-id order-42 --body hello`);

/** Returns its id. */
async function scheduleDueEvent(): Promise<string> {
  const { stdout } = await place.run("schedule --at 2026-01-01T00:00Z --to a/b --body x -q");
  return stdout.trim();
}

/** The ids of the waiting events, one a line. */
const waiting = async () => (await place.run("list --ids")).stdout;

describe("keywhen cancel", () => {
  it("accepts the whole key of an event, as a listing of the bucket shows it", async () => {
    await scheduleIt();
    const key = `keywhen/pending/${ID}`;
    expect((await place.run(["show", key, "--body"])).stdout).toBe("hello");
    expect(await place.run(["cancel", key])).toEqual({
      exitCode: 0,
      stdout: "Cancelled: reminders/42.json will not be delivered.\n",
      stderr: "",
    });
    expect(await waiting()).toBe("");
  });

  it("prints the outcome with --json, and exits 3 the second time", async () => {
    await scheduleIt();
    const first = await place.run(["cancel", ID, "--json"]);
    expect(JSON.parse(first.stdout)).toEqual({ outcome: "cancelled", id: ID });
    const second = await place.run(["cancel", ID, "--json"]);
    expect(second.exitCode).toBe(3);
    expect(JSON.parse(second.stdout)).toEqual({ outcome: "not-found", id: ID });
  });

  it("exits 4 once the event is due, and does not change it", async () => {
    const id = await scheduleDueEvent();
    const run = await place.run(["cancel", id]);
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain(`keywhen cancel --overdue '${id}'`);
    expect(await waiting()).toBe(`${id}\n`);
  });

  it("cancels what is due with --overdue, one or many, while no sweeper runs", async () => {
    const id = await scheduleDueEvent();
    expect(await place.run(["cancel", "--overdue", id, "-n"])).toMatchObject({ exitCode: 0 });
    expect(await waiting()).toBe(`${id}\n`);
    expect(await place.run(["cancel", "--overdue", id])).toMatchObject({ exitCode: 0, stderr: "" });
    await scheduleDue(place, 12);
    const due = (await place.run("list --ids --until +0s")).stdout;
    expect(await place.run("cancel --overdue -", due)).toMatchObject({ exitCode: 0 });
    expect(await waiting()).toBe("");
  });

  it("says why a store without a lease can't have overdue events cancelled", async () => {
    const id = await scheduleDueEvent();
    await addSlowStore(place);
    const lacks = { LACKS: JSON.stringify({ putIfVersion: false }) };
    const run = await place.runWith(lacks, ["cancel", "--overdue", id, ...SLOW]);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/can't have a lease.* keywhen doctor --probe/);
    const sweep = await place.runWith(lacks, ["sweep", "--allow", "a/*", ...SLOW]);
    expect(sweep.exitCode).toBe(0);
    expect(sweep.stderr).toContain("run one sweeper at a time");
  });

  it("changes nothing with --dry-run", async () => {
    await scheduleIt();
    const run = await place.run(["cancel", ID, "-n"]);
    expect(run).toMatchObject({ exitCode: 0, stdout: "Would cancel: reminders/42.json.\n" });
    expect(await waiting()).toBe(`${ID}\n`);
  });
});

describe("keywhen reschedule", () => {
  it("moves an event and prints its new id", async () => {
    await scheduleIt();
    const run = await place.run(["reschedule", ID, "--at", "2096-12-24T09:00+01:00"]);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(
      /^Moved to Mon 24 Dec 2096, 09:00:00 Europe\/Berlin: '2096-12-24T08:00:00\.000Z\|reminders\|42\.json\|order-42~[0-9a-f]{8}'\n$/,
    );
    expect(run.stdout).toContain(`'${(await waiting()).trim()}'`);
  });

  it("prints the outcome with --json", async () => {
    await scheduleIt();
    const run = await place.run(["reschedule", ID, "--at", FUTURE, "--json"]);
    expect(JSON.parse(run.stdout)).toEqual({ outcome: "unchanged", id: ID });
  });

  it("exits 3 for an event that doesn't wait, 2 for an instant in the past", async () => {
    expect(await place.run(["reschedule", ID, "--in", "1h"])).toMatchObject({ exitCode: 3 });
    await scheduleIt();
    const past = ["reschedule", ID, "--at", "2026-01-01T00:00Z"];
    expect(await place.run(past)).toMatchObject({ exitCode: 2 });
    expect(await waiting()).toBe(`${ID}\n`);
  });

  it("changes nothing with --dry-run", async () => {
    await scheduleIt();
    const run = await place.run(["reschedule", ID, "--in", "1h", "-n"]);
    expect(run.stdout).toMatch(/^Would move to /);
    expect(await waiting()).toBe(`${ID}\n`);
  });
});

describe("keywhen reschedule with a payload", () => {
  const payloadOf = async (id: string) => (await place.run(["show", id, "--body"])).stdout;
  const detailsOf = async (id: string) =>
    JSON.parse((await place.run(["show", id, "--json"])).stdout);

  it("replaces the payload with its type, and keeps the time and the metadata", async () => {
    await place.run(
      `schedule --at ${FUTURE} --to reminders/42.json --delivery-id order-42 --body hello --meta user=ann`,
    );
    const run = await place.run(["reschedule", ID, "--body", '{"userId":43}']);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toMatch(
      /^Replaced the payload, due Sun 25 Nov 2096, 09:00:00 .*: '.*~[0-9a-f]{8}'\n$/,
    );
    const id = (await waiting()).trim();
    expect(run.stdout).toContain(`'${id}'`);
    expect(await payloadOf(id)).toBe('{"userId":43}');
    expect(await detailsOf(id)).toMatchObject({
      at: FUTURE,
      deliveryId: "order-42",
      contentType: "application/json",
      metadata: { user: "ann" },
    });
  });

  it("moves it at the same time, with a file, a type and metadata", async () => {
    await scheduleIt();
    await writeFile(join(place.folder, "new.csv"), "a,b");
    const change = ["--in", "1h", "--file", "new.csv", "--type", "text/x-csv", "--meta", "by=bob"];
    const run = await place.run(["reschedule", ID, ...change]);
    expect(run.stdout).toMatch(/^Moved with a new payload to /);
    const id = (await waiting()).trim();
    expect(await payloadOf(id)).toBe("a,b");
    const details = await detailsOf(id);
    expect(details).toMatchObject({ contentType: "text/x-csv", metadata: { by: "bob" } });
  });

  it("takes a pipe only for --file -", async () => {
    await scheduleIt();
    expect(await place.run(["reschedule", ID], "new")).toMatchObject({ exitCode: 2 });
    expect(await place.run(["reschedule", ID, "--file", "-"], "new")).toMatchObject({
      exitCode: 0,
    });
    expect(await payloadOf((await waiting()).trim())).toBe("new");
  });

  it("changes nothing with --dry-run", async () => {
    await scheduleIt();
    const run = await place.run(["reschedule", ID, "--body", "new", "-n"]);
    expect(run.stdout).toMatch(/^Would replace the payload, due /);
    expect(await waiting()).toBe(`${ID}\n`);
    expect(await payloadOf(ID)).toBe("hello");
  });

  it.each([
    ["--body", "x", "--file", "y"],
    ["--type", "text/plain"],
    ["--in", "1h", "--meta", "a=1"],
    ["--file", "missing.txt"],
    [],
  ])("exits 2 for %s %s %s %s, and changes nothing", async (...options) => {
    await scheduleIt();
    expect(await place.run(["reschedule", ID, ...options])).toMatchObject({ exitCode: 2 });
    expect(await waiting()).toBe(`${ID}\n`);
  });
});

describe.each(["cancel", "reschedule --in 1h", "dead purge", "dead redrive"])(
  "keywhen %s",
  (verb) => {
    it("needs the whole id off a terminal, -y or not: a forgotten quote makes a pipe", async () => {
      await scheduleIt();
      for (const yes of ["", " -y"]) {
        const run = await place.run(`${verb} ${FUTURE}${yes}`);
        expect(run.exitCode).toBe(2);
      }
      expect(await waiting()).toBe(`${ID}\n`);
    });
  },
);
