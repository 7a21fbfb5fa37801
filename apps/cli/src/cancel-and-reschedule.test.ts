import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWorkplace, type Workplace } from "./testing/run-keywhen.js";
import { addSlowStore, SLOW, scheduleDue } from "./testing/slow-store.js";

let place: Workplace;
beforeEach(async () => {
  place = await openWorkplace({ inProcess: true });
});
afterEach(() => place[Symbol.asyncDispose]());

const FUTURE = "2096-11-25T08:00:00.000Z";
const ID = `${FUTURE}|reminders|42.json|order-42`;
const SCHEDULE = [
  "schedule",
  "--at",
  FUTURE,
  "--to",
  "reminders/42.json",
  "--delivery-id",
  "order-42",
];
const scheduleIt = () => place.run([...SCHEDULE, "--body", '{"userId":42}']);

describe("keywhen cancel", () => {
  it("accepts the whole key of an event, as a listing of the bucket shows it", async () => {
    await scheduleIt();
    const key = `keywhen/pending/${ID}`;
    expect((await place.run(["show", key, "--body"])).stdout).toBe('{"userId":42}');
    expect(await place.run(["cancel", key])).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await place.run(["list", "--ids"])).stdout).toBe("");
  });

  it("takes an event back", async () => {
    await scheduleIt();
    expect(await place.run(["cancel", ID])).toEqual({
      exitCode: 0,
      stdout: "Cancelled: reminders/42.json will not be delivered.\n",
      stderr: "",
    });
    expect((await place.run(["list"])).stdout).toBe("");
  });

  it("tells the outcome with --json, and exits 3 the second time", async () => {
    await scheduleIt();
    const first = await place.run(["cancel", ID, "--json"]);
    expect(JSON.parse(first.stdout)).toEqual({ outcome: "cancelled", id: ID });
    const second = await place.run(["cancel", ID, "--json"]);
    expect(second.exitCode).toBe(3);
    expect(JSON.parse(second.stdout)).toEqual({ outcome: "not-found", id: ID });
  });

  it("exits 4 once the event is due, and leaves it", async () => {
    const past = ["schedule", "--at", "2026-01-01T00:00Z", "--to", "a/b", "-q"];
    const id = (await place.run(past, "x")).stdout.trim();
    const run = await place.run(["cancel", id]);
    expect(run).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining(`keywhen cancel --overdue '${id}'`),
    });
    expect((await place.run(["list", "--ids"])).stdout).toBe(`${id}\n`);
  });

  it("takes back what is due with --overdue, one or many, as long as nobody sweeps", async () => {
    const past = ["schedule", "--at", "2026-01-01T00:00Z", "--to", "a/b", "-q"];
    const id = (await place.run(past, "x")).stdout.trim();
    expect(await place.run(["cancel", "--overdue", id, "-n"])).toMatchObject({ exitCode: 0 });
    expect((await place.run(["list", "--ids"])).stdout).toBe(`${id}\n`);
    expect(await place.run(["cancel", "--overdue", id])).toMatchObject({ exitCode: 0, stderr: "" });
    await scheduleDue(place, 12);
    const due = (await place.run(["list", "--ids", "--until", "+0s"])).stdout;
    expect(await place.run(["cancel", "--overdue", "-"], due)).toMatchObject({ exitCode: 0 });
    expect((await place.run(["list", "--ids"])).stdout).toBe("");
  });

  it("says why a store without a lease can't have overdue events cancelled", async () => {
    await addSlowStore(place);
    const past = ["schedule", "--at", "2026-01-01T00:00Z", "--to", "a/b", "-q"];
    const id = (await place.run(past, "x")).stdout.trim();
    const lacks = { LACKS: JSON.stringify({ putIfVersion: false }) };
    const run = await place.runWith(lacks, ["cancel", "--overdue", id, ...SLOW]);
    expect(run).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("can't have a lease"),
    });
    expect(run.stderr).toContain("keywhen doctor --probe");
    const sweep = await place.runWith(lacks, ["sweep", "--allow", "a/*", ...SLOW]);
    expect(sweep).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining("run one at a time"),
    });
  });

  it("wants the whole id off a terminal, -y or not: a forgotten quote makes a pipe", async () => {
    await scheduleIt();
    for (const args of [
      ["cancel", FUTURE],
      ["cancel", FUTURE, "-y"],
    ]) {
      const run = await place.run(args);
      expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("single quotes") });
    }
    expect((await place.run(["list", "--ids"])).stdout).toBe(`${ID}\n`);
  });

  it("takes nothing back with --dry-run", async () => {
    await scheduleIt();
    const run = await place.run(["cancel", ID, "-n"]);
    expect(run).toMatchObject({ exitCode: 0, stdout: "Would cancel: reminders/42.json.\n" });
    expect((await place.run(["list", "--ids"])).stdout).toBe(`${ID}\n`);
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
    const { stdout } = await place.run(["list", "--ids"]);
    expect(run.stdout).toContain(`'${stdout.trim()}'`);
  });

  it("tells the outcome with --json", async () => {
    await scheduleIt();
    const run = await place.run(["reschedule", ID, "--at", FUTURE, "--json"]);
    expect(JSON.parse(run.stdout)).toEqual({ outcome: "unchanged", id: ID });
  });

  it("exits 3 for an event that doesn't wait, 2 for an instant in the past", async () => {
    expect(await place.run(["reschedule", ID, "--in", "1h"])).toMatchObject({ exitCode: 3 });
    await scheduleIt();
    const past = ["reschedule", ID, "--at", "2026-01-01T00:00Z"];
    expect(await place.run(past)).toMatchObject({ exitCode: 2 });
    expect((await place.run(["list", "--ids"])).stdout).toBe(`${ID}\n`);
  });

  it("moves nothing with --dry-run", async () => {
    await scheduleIt();
    const run = await place.run(["reschedule", ID, "--in", "1h", "-n"]);
    expect(run.stdout).toMatch(/^Would move to /);
    expect((await place.run(["list", "--ids"])).stdout).toBe(`${ID}\n`);
  });
});
